#include "app/tune/tune_report.hpp"

#include "core/base/duration_text.hpp"
#include "core/base/number_text.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <boost/math/distributions/beta.hpp>
#include <cmath>
#include <fmt/format.h>

namespace davy::app::tune {
namespace json = boost::json;
namespace {

// Caught this often is called caught.
constexpr double mostly = 0.8;

const Check& check_of(const config::Policy& policy, const std::string& name) {
  return *std::find_if(policy.checks.begin(), policy.checks.end(),
                       [&](const Check& check) { return check.name == name; });
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<long>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double share_caught(const Caught& caught) {
  return caught.of == 0 ? 0 : static_cast<double>(caught.after_s.size()) / static_cast<double>(caught.of);
}

const Caught* smallest_caught(const CheckTrial& trial) {
  for (const Caught& caught : trial.worse)
    if (share_caught(caught) >= mostly) return &caught;
  return nullptr;
}

// A canary so many times as bad is inside the limits: nobody wants it caught.
bool is_allowed(const Check& check, double usual, double times) {
  const double value = usual * times;
  if (check.max && value > *check.max) return false;
  if (!check.max_increase) return true;
  const double increase = value - usual;
  if (increase < check.ignore_increase_below) return true;
  return check.max_increase->kind == Increase::Kind::relative ? times <= 1 + check.max_increase->amount
                                                              : increase <= check.max_increase->amount;
}

// 1, 2, 3, 5 times a power of ten, at or above.
double round_up(double value) {
  if (value <= 0) return 0;
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double step : {1.0, 2.0, 3.0, 5.0})
    if (value <= step * power * (1 + 1e-9)) return step * power;
  return 10 * power;
}

std::string times_text(double times) { return fmt::format("{:g}x", times); }

std::string limits_of(const Check& check) {
  std::vector<std::string> parts;
  if (check.max) parts.push_back("max " + davy::to_text(*check.max, check.unit));
  if (check.max_increase) parts.push_back("max_increase " + davy::to_text(*check.max_increase, check.unit));
  return join(parts, ", ");
}

std::string traffic_of(const CheckTrial& trial, const Check& check) {
  const std::string value = davy::to_text(trial.value, check.unit);
  if (trial.events_per_s <= 0) return value;
  return fmt::format("{}{} at {} requests/s of one instance", value,
                     check.kind == CheckKind::latency ? fmt::format(" (p{:g})", check.quantile * 100) : "",
                     to_plain(trial.events_per_s));
}

std::string row(const Caught& caught, const Check& check, double usual) {
  std::string out = fmt::format("  {:<5}", times_text(caught.times));
  if (check.kind != CheckKind::latency)
    out += fmt::format("({})  ", davy::to_text(usual * caught.times, check.unit));
  if (caught.after_s.empty() && is_allowed(check, usual, caught.times))
    return out + "inside the limits, not caught\n";
  out += fmt::format("caught in {} of {}", caught.after_s.size(), caught.of);
  if (!caught.after_s.empty())
    out += fmt::format(", after {}", to_spoken(from_seconds(median(caught.after_s))));
  return out + "\n";
}

// As a policy writes it.
std::string limit_text(double limit, const Check& check) {
  return check.unit == Unit::seconds ? davy::to_text(from_seconds(limit)) : davy::to_text(limit, check.unit);
}

void advise_on_max(const CheckTrial& trial, const Check& check, std::vector<Advice>& out) {
  if (!check.max || trial.highest_minute <= 0) return;
  const double fits = round_up(2 * trial.highest_minute);
  const std::string seen = fmt::format("the highest minute of any instance was {}",
                                       davy::to_text(trial.highest_minute, check.unit));
  if (trial.highest_minute > 0.8 * *check.max)
    out.push_back({check.name, "max: " + limit_text(fits, check), seen + ", too near to the limit"});
  else if (fits < 0.25 * *check.max)
    out.push_back({check.name, "max: " + limit_text(fits, check),
                   seen + "; a limit that is nearer finds gross faults sooner"});
}

void advise_on_power(const CheckTrial& trial, const Check& check, const config::Policy& policy,
                     std::vector<Advice>& out) {
  const Caught* caught = smallest_caught(trial);
  for (const Caught& worse : trial.worse) {
    if (&worse == caught) return;
    if (is_allowed(check, trial.value, worse.times)) continue;
    const double evidence = median(worse.evidence);
    // Evidence grows about evenly with the traffic seen.
    if (evidence > 0.05) {
      const Duration needed = from_seconds(seconds(policy.window) / std::min(1.0, evidence));
      out.push_back(
          {check.name,
           fmt::format("window: {}", davy::to_text(std::chrono::ceil<std::chrono::minutes>(needed))),
           fmt::format(
               "{} as bad is mostly missed in {}: there is {} of the evidence at its end, and more traffic "
               "or a longer window brings the rest",
               times_text(worse.times), to_spoken(policy.window), to_percent(evidence))});
    } else {
      out.push_back({check.name, "more traffic to the canary, or another check",
                     fmt::format("{} as bad leaves no trace at this traffic", times_text(worse.times))});
    }
    return;
  }
}

std::string sentence(const CheckTrial& trial, const Check& check) {
  const Caught* caught = smallest_caught(trial);
  if (caught == nullptr)
    return fmt::format("nothing up to {} is caught reliably", times_text(trial.worse.back().times));
  return fmt::format("a {} increase is caught in about {}", times_text(caught->times),
                     to_spoken(from_seconds(median(caught->after_s)))) +
         (trial.worse.front().times < caught->times &&
                  !is_allowed(check, trial.value, trial.worse.front().times)
              ? fmt::format("; a {} increase mostly not", times_text(trial.worse.front().times))
              : "");
}

}  // namespace

double at_most(std::size_t k, std::size_t n) {
  if (n == 0 || k >= n) return 1;
  const boost::math::beta_distribution<double> upper(static_cast<double>(k) + 1, static_cast<double>(n - k));
  return boost::math::quantile(upper, 0.95);
}

std::vector<Advice> advice(const config::Policy& policy, const Trials& trials) {
  std::vector<Advice> out;
  for (const CheckTrial& trial : trials.checks) {
    const Check& check = check_of(policy, trial.check);
    advise_on_max(trial, check, out);
    advise_on_power(trial, check, policy, out);
  }
  for (const auto& [check, count] : trials.by_check)
    out.push_back({check, "wider limits, or ignore_increase_below",
                   fmt::format("it would have rolled back {} of {} releases in which nothing was wrong",
                               count, trials.placebos)});
  return out;
}

std::string to_text(const config::Policy& policy, const Trials& trials) {
  std::string out = fmt::format(
      "{}: {} in which nothing had changed: one instance of the baseline in turn plays the canary for {}\n"
      "rolled back: {} of {} (with 95% confidence at most {})\n",
      printable(policy.service), counted(static_cast<double>(trials.placebos), "release"),
      to_spoken(policy.window), trials.rolled_back, trials.placebos,
      to_percent(at_most(trials.rolled_back, trials.placebos)));
  for (const CheckTrial& trial : trials.checks) {
    const Check& check = check_of(policy, trial.check);
    out += fmt::format("\n{} ({}): {}\n", printable(check.name), limits_of(check), traffic_of(trial, check));
    for (const Caught& caught : trial.worse) out += row(caught, check, trial.value);
    out += fmt::format("  {}\n", sentence(trial, check));
  }
  const auto changes = advice(policy, trials);
  out += changes.empty() ? "\nNothing to change.\n" : "\nWhat could be changed\n";
  for (const Advice& one : changes)
    out += fmt::format("  {}: {}   # {}\n", printable(one.check), one.change, one.why);
  return out;
}

std::string to_json(const config::Policy& policy, const Trials& trials) {
  json::array checks;
  for (const CheckTrial& trial : trials.checks) {
    const Check& check = check_of(policy, trial.check);
    json::array worse;
    for (const Caught& caught : trial.worse)
      worse.push_back(json::object{
          {"times", caught.times},
          {"of", caught.of},
          {"caught", caught.after_s.size()},
          {"allowed", is_allowed(check, trial.value, caught.times)},
          {"after_s", caught.after_s.empty() ? json::value(nullptr) : json::value(median(caught.after_s))}});
    checks.push_back(json::object{{"check", trial.check},
                                  {"value", trial.value},
                                  {"events_per_s", trial.events_per_s},
                                  {"highest_minute", trial.highest_minute},
                                  {"worse", std::move(worse)},
                                  {"sentence", sentence(trial, check)}});
  }
  json::array changes;
  for (const Advice& one : advice(policy, trials))
    changes.push_back(json::object{{"check", one.check}, {"change", one.change}, {"why", one.why}});
  return json::serialize(json::object{{"format", "davy/tune/v1"},
                                      {"service", policy.service},
                                      {"policy_digest", policy.digest},
                                      {"placebos", trials.placebos},
                                      {"rolled_back", trials.rolled_back},
                                      {"rolled_back_at_most", at_most(trials.rolled_back, trials.placebos)},
                                      {"checks", std::move(checks)},
                                      {"advice", std::move(changes)}}) +
         "\n";
}

}  // namespace davy::app::tune
