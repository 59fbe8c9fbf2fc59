#include "config/check_section.hpp"

#include "config/threshold_expression.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <re2/re2.h>

namespace davy::config {
namespace {

constexpr std::size_t query_bytes_max = 16 * 1024;
constexpr Duration confirmed_over = std::chrono::seconds(30);

Selector metric(const Section& in, std::string_view key) {
  const std::string text = in.required_text(key);
  if (text.empty()) return {};
  SelectorProblem problem;
  const auto read = parse_selector(text, problem);
  if (!read) {
    in.problem(key, fmt::format("{} (at character {} of the selector)", problem.message, problem.offset + 1));
    return {};
  }
  if (read->metric.empty())
    in.problem(key, "a selector here needs a metric's name", "write name{label=\"value\"}");
  for (const LabelMatcher& matcher : read->matchers) {
    if (matcher.kind != MatchKind::regex && matcher.kind != MatchKind::not_regex) continue;
    const re2::RE2 pattern(matcher.value, re2::RE2::Quiet);
    if (!pattern.ok())
      in.problem(key, fmt::format("'{}' is not a regular expression: {}", matcher.value, pattern.error()));
  }
  return *read;
}

// The value at a key through one of the readers of threshold_expression, whose errors go on with the key's
// name.
template <class Read>
auto at(const Section& in, std::string_view key, CheckKind kind, Read read)
    -> std::optional<typename decltype(read("", kind))::value_type> {
  const auto text = in.text(key);
  if (!text) return std::nullopt;
  const auto value = read(*text, kind);
  if (value) return *value;
  in.problem(key, fmt::format("{} {}", key, value.error().message()));
  return std::nullopt;
}

void read_ratio(const Section& in, Check& check) {
  check.kind = CheckKind::ratio;
  check.unit = Unit::ratio;
  check.errors = metric(in, "errors");
  check.total = metric(in, "total");
  if (!check.errors.metric.empty() && check.errors == check.total) {
    in.problem("errors", "errors and total are the same, so the ratio is always 100%",
               "give errors a matcher like {code=~\"5..\"}");
  }
  in.finish();
}

// What the histogram's bounds are in: said, or by its name's end, or seconds as Prometheus wants them.
double units_per_second(const Section& in, std::string_view name) {
  constexpr std::array<std::pair<std::string_view, double>, 6> by_name{{{"_milliseconds", 1e3},
                                                                        {"_ms", 1e3},
                                                                        {"_microseconds", 1e6},
                                                                        {"_us", 1e6},
                                                                        {"_nanoseconds", 1e9},
                                                                        {"_ns", 1e9}}};
  const auto said = in.choice<double>(
      "unit", {{"seconds", 1.0}, {"milliseconds", 1e3}, {"microseconds", 1e6}, {"nanoseconds", 1e9}});
  if (said) return *said;
  for (const auto& [end, unit] : by_name)
    if (name.ends_with(end)) return unit;
  return 1;
}

void read_latency(const Section& in, Check& check) {
  check.kind = CheckKind::latency;
  check.unit = Unit::seconds;
  check.histogram = metric(in, "histogram");
  const std::string& name = check.histogram.metric;
  if (name.ends_with("_bucket")) {
    in.problem("histogram", "name the histogram, not its buckets",
               fmt::format("write {}", name.substr(0, name.size() - 7)));
  }
  check.units_per_second = units_per_second(in, name);
  const std::string text = in.required_text("quantile");
  if (const auto quantile = read_quantile(text)) {
    check.quantile = *quantile;
  } else if (!text.empty()) {
    in.problem("quantile", "quantile " + quantile.error().message());
  }
  in.finish();
}

void read_promql(const Section& in, Check& check, Duration scrape_interval) {
  check.unit = Unit::count;
  check.min_samples = 1;
  // Nobody knows how often the numbers behind a query change: several rounds may look at one and the same.
  check.confirmations = std::clamp(static_cast<int>(confirmed_over / scrape_interval), 2, 100);
  check.canary_query = in.required_text("canary");
  check.baseline_query = in.text("baseline").value_or("");
  if (!check.canary_query.empty() && check.canary_query == check.baseline_query) {
    in.problem("baseline", "canary and baseline are the same query, so one would be compared with itself",
               "make the two queries different, or leave this one out");
  }
  for (const char* key : {"canary", "baseline"}) {
    if (in.text(key).value_or("").size() > query_bytes_max)
      in.problem(key, fmt::format("a query is at most {} bytes long", query_bytes_max),
                 "let a recording rule do the work and ask for its result");
  }
  in.finish();
}

void refuse_key(const Section& in, const char* key, const char* why) {
  if (in.has(key)) in.problem_at_key(key, why, "leave it out, or write another method");
}

// A gauge or a query has the unit that its limits are written in.
bool has_any_unit(CheckKind kind) { return kind == CheckKind::gauge || kind == CheckKind::promql; }

void read_limits(const Section& in, Check& check) {
  if (const auto max = at(in, "max", check.kind, read_limit)) {
    check.max = max->value;
    if (has_any_unit(check.kind)) check.unit = max->unit;
    if (check.kind == CheckKind::ratio && max->value >= 1) {
      in.problem("max", "a ratio is never above 100%, so this limit can never be exceeded",
                 "write a smaller one");
    }
  }
  if (const auto increase = at(in, "max_increase", check.kind, read_increase)) {
    check.max_increase = *increase;
    const bool says_unit = has_any_unit(check.kind) && increase->kind == Increase::Kind::absolute;
    if (says_unit && !in.has("max")) {
      if (const auto amount = at(in, "max_increase", check.kind, read_limit)) check.unit = amount->unit;
    }
  }
  if (const auto below = at(in, "ignore_increase_below", check.kind, read_amount))
    check.ignore_increase_below = *below;
  if (!in.has("max") && !in.has("max_increase")) {
    in.problem_here("a check without max and max_increase can never fire", "write max: or max_increase:");
  }
  if (in.has("ignore_increase_below") && !in.has("max_increase")) {
    in.problem_at_key("ignore_increase_below",
                      "ignore_increase_below belongs to max_increase, which is absent");
  }
}

// A count of failures: no comparison of rates, so nothing but a limit.
void read_restarts(const Section& in, Check& check) {
  check.kind = CheckKind::restarts;
  check.unit = Unit::count;
  check.max = static_cast<double>(in.count("max", 0).value_or(0));
  for (const char* key : {"max_increase", "ignore_increase_below", "method", "by"}) {
    if (in.has(key))
      in.problem_at_key(key, fmt::format("a check of restarts has no {}; it counts", key), "write max: 0");
    static_cast<void>(in.text(key));
  }
}

}  // namespace

Check read_check(const Section& unnamed, Duration scrape_interval) {
  Check check;
  check.name = unnamed.required_text("name");
  const Section in = check.name.empty() ? unnamed : unnamed.titled("check '" + check.name + "'");
  static_cast<void>(in.text("name"));
  int kinds = 0;
  for (const char* kind : {"ratio", "latency", "gauge", "restarts", "promql"}) kinds += in.has(kind) ? 1 : 0;
  if (kinds != 1)
    in.problem_here("a check needs exactly one of ratio, latency, gauge, restarts, promql",
                    kinds == 0 ? "" : "make two checks of it");
  if (const auto ratio = in.section("ratio")) read_ratio(*ratio, check);
  if (const auto latency = in.section("latency")) read_latency(*latency, check);
  if (in.has("gauge")) {
    check.kind = CheckKind::gauge;
    check.unit = Unit::count;
    check.min_samples = 5;  // readings, one an instance and round
    check.gauge = metric(in, "gauge");
  }
  if (const auto restarts = in.section("restarts")) {
    restarts->finish();
    read_restarts(in, check);
  }
  if (in.has("promql")) {
    check.kind = CheckKind::promql;
    check.method = Method::threshold;
    if (const auto promql = in.section("promql")) read_promql(*promql, check, scrape_interval);
    if (in.has("by")) in.problem_at_key("by", "a query gives one number, which has no parts", "leave it out");
  }
  if (!in.has("restarts")) read_limits(in, check);

  check.severity =
      in.choice<Severity>(
            "severity",
            {{"P0", Severity::p0}, {"P1", Severity::p1}, {"P2", Severity::p2}, {"P3", Severity::p3}})
          .value_or(check.severity);
  check.on_no_data = in.choice<Fallback>(
      "on_no_data", {{"hold", Fallback::hold}, {"pass", Fallback::pass}, {"rollback", Fallback::rollback}});
  if (check.kind != CheckKind::restarts) check.by = in.text_list("by");
  if (check.kind != CheckKind::restarts)
    check.method = in.choice<Method>("method", {{"sequential", Method::sequential},
                                                {"threshold", Method::threshold},
                                                {"mann_whitney", Method::mann_whitney}})
                       .value_or(check.method);
  if (check.kind == CheckKind::promql && check.method != Method::threshold) {
    in.problem("method", "a query gives one number a side and round, and nobody knows its noise",
               "leave it out: it is held against its limits in several rounds in a row");
  }
  if (check.method == Method::sequential && check.kind != CheckKind::promql)
    refuse_key(in, "min_samples", "the sequential method waits for as many requests as it takes");
  if (check.method != Method::threshold) {
    refuse_key(in, "confirmations", "only method: threshold has to be confirmed");
    refuse_key(in, "lookback", "only method: threshold looks back over a stretch");
  }
  if (const auto samples = in.count("min_samples", 1)) check.min_samples = static_cast<double>(*samples);
  if (const auto rounds = in.count("confirmations", 1, 100)) check.confirmations = static_cast<int>(*rounds);
  // A query's number is already what its author wanted averaged: the newest alone counts.
  const Duration lookback = check.kind == CheckKind::promql ? Duration::zero() : 6 * scrape_interval;
  check.lookback = in.duration("lookback").value_or(lookback);
  in.finish();
  return check;
}

}  // namespace davy::config
