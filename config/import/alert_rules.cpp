// Prometheus' alerting rules: files of groups, or PrometheusRule objects.
//
// A comparison with a number at the top of an expression is a limit. Any other expression is carried over
// whole: count(...) of what it finds is above 0 exactly while the alert would be pending or firing.

#include "config/import/formats.hpp"
#include "config/import/policy_text.hpp"
#include "config/import/promql.hpp"
#include "core/base/duration_text.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace davy::config::imported {
namespace {

std::string severity_of(const YamlRef& rule) {
  const std::string said = to_lower(text_at(rule, "labels.severity"));
  if (said == "critical" || said == "page" || said == "p1" || said == "high" || said == "error") return "P1";
  if (said == "p0" || said == "emergency" || said == "disaster") return "P0";
  if (said == "info" || said == "none" || said == "p3" || said == "low" || said == "debug") return "P3";
  return said.empty() ? "" : "P2";
}

struct Limit {
  std::string query;
  Bounds healthy;
};

bool is_comparison(const Expression& expression) {
  return expression.kind == Expression::Kind::binary && (expression.name == ">" || expression.name == ">=" ||
                                                         expression.name == "<" || expression.name == "<=");
}

// "A / B > 0.05", and "0.05 < A / B".
std::optional<Limit> limit_of(const std::string& query) {
  const auto read = parse_promql(query);
  if (!read || !is_comparison(*read)) return std::nullopt;
  const auto left = constant(read->arguments[0]);
  const auto right = constant(read->arguments[1]);
  if (!left == !right) return std::nullopt;
  const Expression& value = read->arguments[right ? 0 : 1];
  std::string text = query.substr(value.begin, value.end - value.begin);
  const bool fires_above = read->name.starts_with('>') == right.has_value();
  Limit limit{std::move(text), {}};
  (fires_above ? limit.healthy.max : limit.healthy.min) = right ? *right : *left;
  if (!parse_promql(limit.query)) return std::nullopt;
  return limit;
}

struct Importer {
  const ImportOptions& options;
  PolicyDraft draft;
  std::vector<Remark> remarks;
  Duration longest = Duration::zero();

  void take_rule(const YamlRef& rule, Duration interval) {
    const std::string name = text_at(rule, "alert");
    if (name.empty()) {
      if (has(rule, "record"))
        remarks.push_back({fmt::format("rule '{}'", text_at(rule, "record")), "the recording rule",
                           "it has no limit", "Prometheus goes on recording it"});
      return;
    }
    const std::string where = fmt::format("alert '{}'", name);
    const std::string query = one_line(text_at(rule, "expr"));
    if (query.empty()) {
      remarks.push_back({where, "the alert", "it has no expr", ""});
      return;
    }
    std::vector<CheckDraft> checks;
    if (const auto limit = limit_of(query)) {
      checks = translate({name, limit->query, limit->healthy}, remarks);
    } else {
      CheckDraft check;
      check.name = name;
      check.canary = fmt::format("count({}) or vector(0)", query);
      check.max = "0";
      check.notes.push_back("the alert as a whole: how many series it finds");
      remarks.push_back({where, "one value with a limit",
                         "its expression is no comparison of one value with a number",
                         "it is a breach while the expression finds anything"});
      checks.push_back(std::move(check));
    }
    const auto lasts = parse_duration(text_at(rule, "for"));
    const Duration wanted = lasts ? *lasts : interval;
    longest = std::max(longest, std::min(wanted, Duration(std::chrono::hours(12))));
    for (CheckDraft& check : checks) {
      check.severity = severity_of(rule);
      if (lasts)
        check.confirmations = static_cast<int>(std::clamp<std::int64_t>(wanted / asked_every, 2, 100));
      if (lasts && wanted / asked_every > 100)
        remarks.push_back({where, fmt::format("for: {}", davy::to_text(wanted)),
                           "a breach is confirmed in at most 100 rounds",
                           "make the check's severity P2 if that is too soon"});
      const std::string summary = text_at(rule, "annotations.summary");
      if (!summary.empty()) check.notes.insert(check.notes.begin(), summary);
      draft.checks.push_back(std::move(check));
    }
  }

  void take_groups(const YamlRef& root, const char* path) {
    for (const YamlRef& group : items_at(root, path)) {
      if (draft.service.empty()) draft.service = text_at(group, "name");
      const auto interval = parse_duration(text_at(group, "interval"));
      for (const YamlRef& rule : items_at(group, "rules"))
        take_rule(rule, interval ? *interval : Duration::zero());
    }
  }

  Imported run(const Documents& documents) {
    draft.from = "Prometheus' alerting rules";
    for (const SourceDocument& document : documents) {
      take_groups(document.root, "groups");
      take_groups(document.root, "spec.groups");
    }
    draft.window = std::max(draft.window, 2 * longest + draft.warmup);
    if (!draft.checks.empty())
      remarks.push_back({"sides", "which series are the canary's", "alerts speak of a whole service",
                         "put the new version's label into the selectors, or where: on both sides"});
    return write_policy(std::move(draft), options, std::move(remarks));
  }
};

}  // namespace

bool is_alert_rules(const SourceDocument& document) {
  return has(document.root, "groups") || kind_of(document) == "PrometheusRule";
}

Imported import_alert_rules(const Documents& documents, const ImportOptions& options) {
  return Importer{options, {}, {}, Duration::zero()}.run(documents);
}

}  // namespace davy::config::imported
