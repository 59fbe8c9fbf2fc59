// AnalysisTemplates of Argo Rollouts, as a Rollout uses them where one is given.
//
// How Argo decides: each metric is measured `count` times, `interval` apart; more than failureLimit failures,
// consecutive or not, abort the rollout.

#include "config/import/condition.hpp"
#include "config/import/formats.hpp"
#include "config/import/policy_text.hpp"
#include "core/base/duration_text.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace davy::config::imported {
namespace {

constexpr Duration no_time = Duration::zero();
constexpr Duration window_max = std::chrono::hours(24);

bool is_template(const SourceDocument& document) {
  return kind_of(document) == "AnalysisTemplate" || kind_of(document) == "ClusterAnalysisTemplate";
}

Duration duration_at(const YamlRef& node, std::string_view path) {
  const auto read = parse_duration(text_at(node, path));
  return read ? *read : no_time;
}

struct Importer {
  const Documents& documents;
  const ImportOptions& options;
  PolicyDraft draft;
  std::vector<Remark> remarks;
  std::map<std::string, std::string> args;
  std::set<std::string> wanted;   // templates that the Rollout names
  std::set<std::string> servers;  // addresses
  Duration window = no_time;
  bool names_analysis = false;  // the Rollout does
  bool forgives = false;        // a failureLimit was left behind

  void take_args(const YamlRef& node, bool overrides) {
    for (const YamlRef& arg : items_at(node, "args")) {
      const std::string value = text_at(arg, "value");
      if (value.empty()) continue;
      if (overrides) args[text_at(arg, "name")] = value;
      args.try_emplace(text_at(arg, "name"), value);
    }
  }

  void take_analysis(const YamlRef& analysis) {
    if (!analysis) return;
    for (const YamlRef& one : items_at(analysis, "templates")) wanted.insert(text_at(one, "templateName"));
    if (has(analysis, "templateName")) wanted.insert(text_at(analysis, "templateName"));
    take_args(analysis, true);
  }

  void take_rollout(const SourceDocument& rollout) {
    const YamlRef canary = find(rollout.root, "spec.strategy.canary");
    const YamlRef blue_green = find(rollout.root, "spec.strategy.blueGreen");
    take_analysis(find(canary, "analysis"));
    for (const char* when : {"prePromotionAnalysis", "postPromotionAnalysis"})
      take_analysis(find(blue_green, when));
    Duration pauses = no_time;
    for (const YamlRef& step : items_at(canary, "steps")) {
      take_analysis(find(step, "analysis"));
      for (const YamlRef& one : items_at(step, "experiment.analyses")) take_analysis(one);
      pauses += duration_at(step, "pause.duration");
    }
    wanted.erase("");
    names_analysis = !wanted.empty();
    if (!items_at(canary, "steps").empty())
      remarks.push_back({"Rollout", "its steps (setWeight, pause)", "Argo goes on taking them",
                         "or write steps: and let davy gate --steps take them"});
    const std::string name_space = text_at(rollout.root, "metadata.namespace");
    const std::string name = name_of(rollout).empty() ? "CHANGE-ME" : name_of(rollout);
    draft.service = name;
    draft.actions.push_back(fmt::format("argo_rollouts: {{rollout: '{}{}', do: abort}}",
                                        name_space.empty() ? "" : printable(name_space) + "/",
                                        printable(name)));
    window = std::min(pauses, window_max);
  }

  // Healthy limits of a metric, from one condition or both.
  std::optional<Condition> limits(const YamlRef& metric, const std::string& where) {
    const std::string success = fill_in(text_at(metric, "successCondition"), args, "args.", where, remarks);
    const std::string failure = fill_in(text_at(metric, "failureCondition"), args, "args.", where, remarks);
    if (success.empty() && failure.empty()) {
      remarks.push_back({where, "the metric", "it has no condition, so it never fails", "give it a limit"});
      return std::nullopt;
    }
    const auto condition = !failure.empty() ? read_failure(failure) : read_success(success);
    const auto& text = !failure.empty() ? failure : success;
    if (!condition)
      remarks.push_back({where, "the metric", fmt::format("its condition is not understood: {}", text),
                         "write a check with max: by hand"});
    if (!success.empty() && !failure.empty())
      remarks.push_back({where, fmt::format("successCondition: {}", success),
                         "failureCondition is what aborts; what lies between the two pauses the rollout",
                         ""});
    return condition;
  }

  void take_times(const YamlRef& metric, const std::string& where, std::vector<CheckDraft>& checks) {
    const Duration interval = duration_at(metric, "interval");
    const double count = number_at(metric, "count").value_or(0);
    const double allowed = number_at(metric, "failureLimit").value_or(0);
    if (interval > no_time && count > 0 && count < 1e6)
      window = std::max(window, std::min(window_max, Duration(interval * static_cast<std::int64_t>(count))));
    const Duration delay = duration_at(metric, "initialDelay");
    draft.warmup = std::max(draft.warmup, std::min(delay, Duration(std::chrono::hours(1))));
    forgives = forgives || allowed > 0;
    if (allowed < 0)
      remarks.push_back(
          {where, "failureLimit: -1", "this metric never fails in Argo", "severity: P3 only warns"});
    for (CheckDraft& check : checks) {
      if (allowed < 0) check.severity = "P3";
      if (interval > no_time && allowed > 0 && allowed < 1e6)
        check.confirmations =
            confirmations_for(interval * static_cast<std::int64_t>(allowed), std::max(window, draft.window));
    }
  }

  void take_metric(const YamlRef& metric, const std::string& template_name) {
    const std::string name = fill_in(text_at(metric, "name"), args, "args.", template_name, remarks);
    const std::string where = fmt::format("metric '{}'", name);
    const auto kinds = keys_of(find(metric, "provider"));
    const std::string kind = kinds.empty() ? "nothing" : kinds.front();
    if (kind != "prometheus") {
      const bool is_test = kind == "job" || kind == "web";
      remarks.push_back(
          {where, "the metric", fmt::format("it is measured by {}, and Davy asks Prometheus", kind),
           is_test ? "keep it in Argo beside Davy" : "write a check on counters that Prometheus has"});
      return;
    }
    const std::string address = text_at(metric, "provider.prometheus.address");
    if (!address.empty()) servers.insert(fill_in(address, args, "args.", where, remarks));
    if (has(metric, "provider.prometheus.authentication"))
      remarks.push_back(
          {where, "authentication", "secrets are not read", "write authorization: beside the address"});
    const std::string query = text_at(metric, "provider.prometheus.query");
    if (query.empty()) {
      remarks.push_back({where, "the metric", "it has no query", ""});
      return;
    }
    const auto condition = limits(metric, where);
    if (!condition) return;
    auto checks =
        translate({name, fill_in(query, args, "args.", where, remarks), condition->healthy}, remarks);
    take_times(metric, where, checks);
    for (CheckDraft& check : checks) {
      check.on_no_data = condition->on_no_data;
      check.notes.insert(check.notes.end(), condition->notes.begin(), condition->notes.end());
      draft.checks.push_back(std::move(check));
    }
    for (const std::string& note : condition->notes)
      remarks.push_back({where, "an approximation: " + note, "", ""});
  }

  bool is_wanted(const SourceDocument& document, bool has_rollout) const {
    return is_template(document) && (!has_rollout || wanted.contains(name_of(document)));
  }

  Imported run() {
    args = options.args;
    const SourceDocument* rollout = nullptr;
    for (const SourceDocument& document : documents) {
      if (kind_of(document) != "Rollout") continue;
      if (rollout)
        remarks.push_back({fmt::format("Rollout '{}'", name_of(document)), "the Rollout",
                           "a policy is of one service", "import it in a run of its own"});
      if (!rollout) rollout = &document;
    }
    if (rollout) take_rollout(*rollout);
    for (const SourceDocument& document : documents) {
      if (!is_wanted(document, rollout != nullptr)) continue;
      wanted.erase(name_of(document));
      if (!rollout && draft.service.empty()) draft.service = name_of(document);
      take_args(find(document.root, "spec"), false);
      for (const YamlRef& one : items_at(document.root, "spec.templates"))
        wanted.insert(text_at(one, "templateName"));
      for (const YamlRef& metric : items_at(document.root, "spec.metrics"))
        take_metric(metric, name_of(document));
    }
    for (const std::string& missing : wanted)
      remarks.push_back({fmt::format("AnalysisTemplate '{}'", missing), "all of it", "it is not in the files",
                         "give its file to davy import, too"});
    draft.from = rollout ? fmt::format("the Argo Rollout {}", name_of(*rollout))
                         : fmt::format("Argo's AnalysisTemplate {}", draft.service);
    if (rollout && !names_analysis)
      return refused(fmt::format("{} names no analysis, so it says nothing of what healthy is; davy init "
                                 "http://HOST:PORT/metrics "
                                 "writes checks, and the rollback to add is: - {}",
                                 draft.from, draft.actions.front()),
                     std::move(remarks));
    if (window > no_time) draft.window = std::max(window, Duration(std::chrono::minutes(2)));
    draft.window += draft.warmup > std::chrono::seconds(30) ? draft.warmup : no_time;
    finish_times();
    return write_policy(std::move(draft), options, std::move(remarks));
  }

  void finish_times() {
    if (!servers.empty()) draft.prometheus = *servers.begin();
    if (servers.size() > 1)
      remarks.push_back(
          {"prometheus", "all addresses but " + draft.prometheus, "a side asks one server", ""});
    if (forgives && !draft.checks.empty())
      remarks.push_back({"failureLimit", "so many failures, whenever they were",
                         "Davy says when it is sure (ratio, latency), or a breach lasted (confirmations)",
                         ""});
    if (!draft.prometheus.starts_with("http://") && !draft.prometheus.starts_with("https://"))
      draft.prometheus.clear();
  }
};

}  // namespace

bool is_argo(const SourceDocument& document) {
  return is_template(document) || kind_of(document) == "Rollout";
}

Imported import_argo(const Documents& documents, const ImportOptions& options) {
  return Importer{documents, options, {}, {}, {}, {}, {}, no_time, false, false}.run();
}

}  // namespace davy::config::imported
