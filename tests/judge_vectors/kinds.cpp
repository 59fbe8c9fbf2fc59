#include "tests/judge_vectors/kinds.hpp"

#include "judge/sequential/control_factor.hpp"
#include "judge/sequential/controls.hpp"
#include "judge/sequential/evidence_log.hpp"
#include "judge/sequential/moving_limit.hpp"
#include "judge/sequential/ratio_interval.hpp"
#include "judge/sequential/reverse_test.hpp"
#include "tests/judge_vectors/expect.hpp"

#include <boost/json/array.hpp>
#include <stdexcept>
#include <vector>

namespace davy::vectors {
namespace {

namespace json = boost::json;
using namespace davy::judge;
using Difference = std::optional<std::string>;

double get(const json::object& vector, const char* name) { return number(vector.at(name)); }

Counts at(const json::object& vector, const char* total, const char* bad, std::size_t i) {
  return {number(vector.at(total).as_array().at(i)), number(vector.at(bad).as_array().at(i))};
}

Difference log_ratios(const json::object& vector, const Effects& computed) {
  Expect expect(vector);
  for (std::size_t j = 0; j < effect_count; ++j) expect.log("llr", j, computed[j]);
  return expect.difference();
}

Difference relative(const json::object& vector) {
  Effects out{};
  relative_log_ratios({get(vector, "nc"), get(vector, "ec")}, {get(vector, "nb"), get(vector, "eb")},
                      get(vector, "rho"), out);
  return log_ratios(vector, out);
}

Difference absolute(const json::object& vector) {
  Effects out{};
  absolute_log_ratios({get(vector, "n"), get(vector, "e")}, get(vector, "p0"), out);
  return log_ratios(vector, out);
}

Difference split(const json::object& vector) {
  const double y = get(vector, "y"), z = get(vector, "z");
  Expect expect(vector);
  expect.value("log", split_log_likelihood(y, z, get(vector, "theta")) / inflation(y + z, get(vector, "phi")),
               tolerance);
  return expect.difference();
}

Difference factor(const json::object& vector) {
  const auto groups = static_cast<std::size_t>(get(vector, "G"));
  Expect expect(vector);
  expect.value("b", control_factor(groups, get(vector, "alpha_c")),
               get(vector, "tol") * std::max(1.0, get(vector, "b")));
  return expect.difference();
}

Difference absolute_unit(const json::object& vector) {
  const auto ticks = static_cast<std::size_t>(get(vector, "T"));
  const double limit = get(vector, "p0"), phi = get(vector, "phi"), cap = get(vector, "cap");
  WeighedTest test(static_cast<int>(ticks), ticks);
  ReverseTest reverse;
  Expect expect(vector);
  for (std::size_t i = 0; i < vector.at("n").as_array().size(); ++i) {
    const Counts canary = at(vector, "n", "e", i);
    Effects out{};
    absolute_log_ratios(canary, limit, out);
    test.push(out, 1 + canary.total * limit, cap, phi);
    reverse.push_absolute(canary, limit, inflation(1 + canary.total * limit, phi));
    expect.log("logM", i, test.log_value());
    expect.log("pass_logM", i, reverse.log_value());
  }
  return expect.difference();
}

Difference delta_unit(const json::object& vector) {
  const auto ticks = static_cast<std::size_t>(get(vector, "T"));
  const double phi = get(vector, "phi"), cap = get(vector, "cap");
  if (get(vector, "tau_s") != MovingLimit::memory_s) throw std::invalid_argument("tau_s must be 120");
  const double delta = get(vector, "delta");
  MovingLimit moving;
  WeighedTest test(static_cast<int>(ticks), ticks);
  Expect expect(vector);
  for (std::size_t i = 0; i < vector.at("nc").as_array().size(); ++i) {
    moving.observe(at(vector, "nb", "eb", i), get(vector, "dt_s"), phi);
    const double limit = moving.upper(delta);
    const Counts canary = at(vector, "nc", "ec", i);
    Effects out{};
    absolute_log_ratios(canary, limit, out);
    test.push(out, 1 + canary.total * limit, cap, phi);
    expect.log("p0", i, limit);
    expect.log("logM", i, test.log_value());
  }
  return expect.difference();
}

Counts sum_of(const std::vector<Counts>& groups) {
  Counts all;
  for (const Counts& group : groups) {
    all.total += group.total;
    all.bad += group.bad;
  }
  return all;
}

// The whole relative test. The canary's numbers begin where the history ends.
Difference relative_judge(const json::object& vector) {
  const json::array& pods = vector.at("pods").as_array();
  const auto history = static_cast<std::size_t>(get(vector, "calib"));
  const auto groups_count = static_cast<std::size_t>(get(vector, "G"));
  const double ratio = get(vector, "rho");
  ControlOptions options;
  options.groups = groups_count;
  options.window = static_cast<int>(get(vector, "T"));
  options.history = history;
  options.ticks_max = pods.size();
  options.log_threshold = -std::log(get(vector, "alpha"));
  const Safeguard safeguard{get(vector, "b"), static_cast<double>(groups_count)};
  Controls controls(options);
  WeighedTest test(options.window, pods.size());
  ReverseTest reverse;
  RatioInterval interval;
  bool breached = false;
  const double sure_inside = -std::log(get(vector, "beta"));
  Expect expect(vector);
  for (std::size_t tick = 0; tick < pods.size(); ++tick) {
    std::vector<Counts> groups;
    for (const json::value& pod : pods[tick].as_array())
      groups.push_back({number(pod.as_array().at(0)), number(pod.as_array().at(1))});
    if (tick == history) controls.deploy();
    controls.observe(groups, 5);
    if (tick < history) continue;
    const std::size_t age = tick - history;
    const Counts canary = at(vector, "nc", "ec", age), baseline = sum_of(groups);
    const double events = canary.bad + baseline.bad;
    Effects out{};
    relative_log_ratios(canary, baseline, ratio, out);
    test.push(out, events, controls.cap(), controls.phi());
    reverse.push_relative(canary, baseline, ratio, inflation(events, controls.phi()));
    interval.push(canary, baseline, inflation(events, controls.phi()));
    breached = breached || test.log_value() >= controls.need(age, safeguard);
    expect.log("logM", age, test.log_value());
    expect.log("need", age, controls.need(age, safeguard));
    expect.log("phi", age, controls.phi());
    expect.log("ctlmax", age, controls.largest(age));
    expect.log("pass_logM", age, reverse.log_value());
    expect.relative("cs95_lo", age, interval.interval().low);
    expect.relative("cs95_hi", age, interval.interval().high);
    expect.text("verdict", age, breached ? "breach" : reverse.log_value() >= sure_inside ? "pass" : "watch");
  }
  return expect.difference();
}

}  // namespace

std::optional<std::string> mismatch(const json::object& vector) {
  const std::string kind(vector.at("kind").as_string());
  if (kind == "llr_rel") return relative(vector);
  if (kind == "llr_abs") return absolute(vector);
  if (kind == "lsplit") return split(vector);
  if (kind == "bctl") return factor(vector);
  if (kind == "abs_unit") return absolute_unit(vector);
  if (kind == "delta_unit") return delta_unit(vector);
  if (kind == "rel_judge") return relative_judge(vector);
  return "unknown kind: " + kind;
}

}  // namespace davy::vectors
