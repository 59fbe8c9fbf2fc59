// A canary configuration of Kayenta (Spinnaker).
//
// How Kayenta decides: for each metric a Mann-Whitney test of the canary's readings against the baseline's at
// 98%, a score of the groups' weights, and a limit of the score. What the canary and the baseline are is said
// when it is run, so where: has to be filled in.

#include "config/import/formats.hpp"
#include "config/import/policy_text.hpp"
#include "config/import/promql.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace davy::config::imported {
namespace {

std::string replaced(std::string text, std::string_view from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

struct Importer {
  const ImportOptions& options;
  YamlRef config;
  PolicyDraft draft;
  std::vector<Remark> remarks;

  // ${scope} and its like are what Kayenta is given for each side.
  std::string side_of(std::string text, const std::string& side) const {
    for (const auto& [name, value] : options.args) text = replaced(text, "${" + name + "}", value);
    for (std::size_t at = text.find("${"); at != std::string::npos; at = text.find("${")) {
      const std::size_t end = text.find('}', at);
      if (end == std::string::npos) break;
      const std::string name = text.substr(at + 2, end - at - 2);
      text.replace(at, end - at + 1, fmt::format("CHANGE-ME-{}-{}", side, printable(name, 40)));
    }
    return text;
  }

  std::string template_text(const YamlRef& metric) const {
    const std::string own = text_at(metric, "query.customInlineTemplate");
    if (!own.empty()) return own;
    const std::string name = text_at(metric, "query.customFilterTemplate");
    const YamlRef templates = find(config, "templates");
    for (const std::string& key : keys_of(templates))
      if (key == name) return text_at(templates, key);
    return "";
  }

  void limits(const YamlRef& settings, CheckDraft& check, const std::string& where) {
    const std::string direction = text_at(settings, "direction");
    if (direction != "increase")
      remarks.push_back({where, direction == "decrease" ? "direction: decrease" : "direction: either",
                         "Davy has no lower limit relative to the baseline",
                         "turn the query around: promql with 1 - (...) or -1 * (...)"});
    const auto allowed = number_at(settings, "effectSize.allowedIncrease");
    check.max_increase =
        allowed && *allowed > 1 && *allowed < 100 ? plain_number((*allowed - 1) * 100) + "%" : "25%";
    check.notes.push_back(allowed ? "effectSize.allowedIncrease"
                                  : "25%: the tolerance of Kayenta's judge, of the baseline's typical value");
    if (text_at(settings, "critical") != "true") check.severity = "P2";
    const std::string missing = text_at(settings, "nanStrategy");
    if (missing == "replace")
      remarks.push_back({where, "nanStrategy: replace", "missing readings stay missing", ""});
    if (text_at(settings, "mustHaveData") == "true")
      remarks.push_back({where, "mustHaveData", "it fails the canary there",
                         "on_no_data: hold is what Davy does; rollback is the other"});
  }

  void take_plain(const YamlRef& metric, CheckDraft& check, const std::string& where) {
    std::string selector = text_at(metric, "query.metricName");
    std::vector<std::string> matchers;
    for (const YamlRef& one : items_at(metric, "query.labelBindings")) matchers.push_back(one->text);
    if (!matchers.empty()) selector += "{" + join(matchers, ",") + "}";
    SelectorProblem problem;
    const auto read = parse_selector(selector, problem);
    if (!read || read->metric.empty()) {
      remarks.push_back(
          {where, "the metric", fmt::format("{} is no selector", selector), "write it by hand"});
      return;
    }
    check.kind = CheckDraft::Kind::gauge;
    check.method = "mann_whitney";
    check.gauge = to_text(*read);
    if (read->metric.ends_with("_total") || read->metric.ends_with("_count") ||
        read->metric.ends_with("_sum"))
      remarks.push_back({where, "the metric as it is",
                         "a counter's own value grows with the age of a process",
                         "write a ratio: check, or promql with rate()"});
    draft.checks.push_back(std::move(check));
  }

  void take_inline(const std::string& text, CheckDraft& check, const std::string& where) {
    const std::string query = one_line(text.starts_with("PromQL:") ? text.substr(7) : text);
    check.canary = side_of(query, "canary");
    check.baseline = side_of(query, "baseline");
    if (check.canary == check.baseline) {
      remarks.push_back(
          {where, "the metric", "its query is the same for both sides", "tell them apart in it"});
      return;
    }
    remarks.push_back({where, "the Mann-Whitney test", "a query gives one number, whose noise nobody knows",
                       "prefer a ratio: or latency: check"});
    draft.checks.push_back(std::move(check));
  }

  void take_metric(const YamlRef& metric) {
    const std::string where = fmt::format("metric '{}'", text_at(metric, "name"));
    std::string type = text_at(metric, "query.type");
    if (type.empty()) type = text_at(metric, "query.serviceType");
    if (type != "prometheus") {
      remarks.push_back({where, "the metric",
                         type.empty() ? std::string("it has no query")
                                      : fmt::format("it is measured by {}, and Davy asks Prometheus", type),
                         "write a check on counters that Prometheus has"});
      return;
    }
    const YamlRef settings = find(metric, "analysisConfigurations.canary");
    if (text_at(settings, "muted") == "true") {
      remarks.push_back({where, "the metric", "it is muted", ""});
      return;
    }
    CheckDraft check;
    check.name = text_at(metric, "name");
    limits(settings, check, where);
    const std::string own = template_text(metric);
    if (own.starts_with("PromQL:")) return take_inline(own, check, where);
    if (!own.empty())
      remarks.push_back({where, fmt::format("its filter {}", own),
                         "the sides are told apart by where:", "fill in where: of both sides"});
    take_plain(metric, check, where);
  }

  Imported run() {
    draft.from = fmt::format("the Kayenta configuration {}", text_at(config, "name"));
    const auto applications = items_at(config, "applications");
    draft.service = applications.empty() ? text_at(config, "name") : applications.front()->text;
    for (const YamlRef& metric : items_at(config, "metrics")) take_metric(metric);
    if (draft.checks.empty()) return write_policy(std::move(draft), options, std::move(remarks));
    draft.canary_where = "{version=\"CHANGE-ME-canary\"}";
    draft.baseline_where = "{version=\"CHANGE-ME-baseline\"}";
    remarks.push_back({"where", "canary and baseline", "Kayenta is told when it is run",
                       "replace CHANGE-ME in where: of both sides"});
    if (has(config, "classifier"))
      remarks.push_back({"classifier", "groupWeights and scoreThresholds",
                         "Davy adds up no scores: each check counts by its severity",
                         "critical metrics are P1, the others P2, which holds"});
    draft.window = std::chrono::minutes(30);
    return write_policy(std::move(draft), options, std::move(remarks));
  }
};

}  // namespace

bool is_kayenta(const SourceDocument& document) {
  return kind_of(document).empty() && !has(document.root, "slos") && has(document.root, "metrics") &&
         (has(document.root, "classifier") || has(document.root, "judge") ||
          has(document.root, "applications") || has(document.root, "name"));
}

Imported import_kayenta(const Documents& documents, const ImportOptions& options) {
  const auto found = std::find_if(documents.begin(), documents.end(), is_kayenta);
  Importer importer{options, found->root, {}, {}};
  if (std::count_if(documents.begin(), documents.end(), is_kayenta) > 1)
    importer.remarks.push_back({"files", "all configurations but the first", "a policy is of one service",
                                "import each in a run of its own"});
  return importer.run();
}

}  // namespace davy::config::imported
