// A Canary of Flagger, with the MetricTemplates that it names.
//
// How Flagger decides: every interval all metrics are held against their limits; `threshold` failures in all,
// consecutive or not, put the traffic back on TARGET-primary and scale TARGET to zero. TARGET is the new
// version, TARGET-primary the old one.

#include "config/import/flagger_queries.hpp"
#include "config/import/formats.hpp"
#include "config/import/policy_text.hpp"
#include "core/base/duration_text.hpp"
#include "core/base/text.hpp"
#include "core/model/selector.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace davy::config::imported {
namespace {

// Stands for the target's name until it is known which side a text is for.
constexpr std::string_view mark = "davy_target_stands_here";

std::string replaced(std::string text, std::string_view from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

struct Importer {
  const Documents& documents;
  const ImportOptions& options;
  PolicyDraft draft;
  std::vector<Remark> remarks;
  YamlRef canary, analysis;
  std::string name, name_space, target, provider;
  bool provider_said = true;
  bool sides_differ = true;  // every check's selectors can be told apart by the target's name

  std::string for_canary(const std::string& text) const { return replaced(text, mark, target); }
  std::string for_baseline(const std::string& text) const {
    const std::string primary = target + "-primary";
    return replaced(replaced(text, std::string(mark) + "-canary", primary), mark, primary);
  }

  std::map<std::string, std::string> values(const YamlRef& metric) const {
    std::map<std::string, std::string> out = options.args;
    const std::string ingress = text_at(canary, "spec.ingressRef.name");
    const std::string service = text_at(canary, "spec.service.name");
    const std::string interval = text_at(metric, "interval");
    const auto known = [&](const char* key, std::string value) {
      if (!value.empty()) out.try_emplace(key, std::move(value));
    };
    known("namespace", name_space);
    known("name", name);
    known("target", std::string(mark));
    known("ingress", ingress);
    known("route", text_at(canary, "spec.routeRef.name"));
    known("service", service.empty() ? std::string(mark) : service);
    known("interval", interval.empty() ? "1m" : interval);
    if (const YamlRef variables = find(metric, "templateVariables"))
      for (const std::string& key : keys_of(variables)) known(key.c_str(), text_at(variables, key));
    return out;
  }

  const SourceDocument* metric_template(const YamlRef& metric) const {
    for (const SourceDocument& document : documents)
      if (kind_of(document) == "MetricTemplate" && name_of(document) == text_at(metric, "templateRef.name"))
        return &document;
    return nullptr;
  }

  std::optional<std::string> template_query(const YamlRef& metric, const std::string& where) {
    const std::string wanted = text_at(metric, "templateRef.name");
    const SourceDocument* found = metric_template(metric);
    if (!found) {
      remarks.push_back({where, "the metric", fmt::format("MetricTemplate {} is not in the files", wanted),
                         "give its file to davy import, too"});
      return std::nullopt;
    }
    const std::string type = text_at(found->root, "spec.provider.type");
    if (type != "prometheus") {
      remarks.push_back(
          {where, "the metric",
           fmt::format("it is measured by {}, and Davy asks Prometheus", type.empty() ? "nothing" : type),
           "write a check on counters that Prometheus has"});
      return std::nullopt;
    }
    take_address(text_at(found->root, "spec.provider.address"));
    if (has(found->root, "spec.provider.secretRef"))
      remarks.push_back({where, "secretRef", "secrets are not read", "write basic_auth: beside the address"});
    return text_at(found->root, "spec.query");
  }

  void take_address(const std::string& address) {
    const bool is_url = address.starts_with("http://") || address.starts_with("https://");
    if (is_url && draft.prometheus.empty()) draft.prometheus = address;
    if (is_url && draft.prometheus != address)
      remarks.push_back({"prometheus", address, "a side asks one server", "or make it a policy of its own"});
  }

  std::optional<std::string> builtin_query(const std::string& metric, const std::string& where) {
    if (!provider_said)
      remarks.push_back({"provider", "Flagger's own setting (-mesh-provider)",
                         fmt::format("the Canary names none; {} is assumed", provider),
                         "name it with --provider NAME"});
    const auto queries = builtin_queries(provider);
    if (!queries) {
      remarks.push_back({where, "the metric",
                         fmt::format("Flagger's own query for provider {} is not known here", provider),
                         "name a MetricTemplate in its place, or write a ratio: check"});
      return std::nullopt;
    }
    if (metric == "request-success-rate") return queries->success_rate;
    if (queries->mean)
      remarks.push_back(
          {where, "the metric's look as a p99",
           fmt::format("for provider {} Flagger looks at the mean, and so does this query", provider), ""});
    return queries->duration;
  }

  std::optional<std::string> query_of(const YamlRef& metric, const std::string& metric_name,
                                      const std::string& where) {
    if (has(metric, "templateRef")) return template_query(metric, where);
    if (has(metric, "query")) return text_at(metric, "query");
    if (metric_name == "request-success-rate" || metric_name == "request-duration")
      return builtin_query(metric_name, where);
    remarks.push_back({where, "the metric", "it is none of Flagger's own, and names no MetricTemplate", ""});
    return std::nullopt;
  }

  void take_metric(const YamlRef& metric) {
    const std::string metric_name = text_at(metric, "name");
    const std::string where = fmt::format("metric '{}'", metric_name);
    Bounds healthy{number_at(metric, "thresholdRange.min"), number_at(metric, "thresholdRange.max")};
    const auto threshold = number_at(metric, "threshold");
    if (!has(metric, "thresholdRange") && threshold)
      (metric_name == "request-success-rate" ? healthy.min : healthy.max) = threshold;
    if (!healthy.min && !healthy.max) {
      remarks.push_back(
          {where, "the metric", "it has no thresholdRange that can be read", "give it a limit"});
      return;
    }
    const auto query = query_of(metric, metric_name, where);
    if (!query) return;
    if (trim(*query).empty()) {
      remarks.push_back({where, "the metric", "its MetricTemplate has no query", ""});
      return;
    }
    const std::string filled = fill_in(*query, values(metric), "variables.", where, remarks);
    for (CheckDraft& check : translate({metric_name, filled, healthy}, remarks))
      draft.checks.push_back(std::move(check));
  }

  // The matchers with the target's name move from the selectors to where:, which tells the sides apart.
  std::optional<std::vector<LabelMatcher>> take_target(std::string& selector) {
    SelectorProblem ignored;
    auto read = parse_selector(selector, ignored);
    if (!read) return std::nullopt;
    std::vector<LabelMatcher> of_target, others;
    for (const LabelMatcher& matcher : read->matchers)
      (matcher.value.find(mark) != std::string::npos ? of_target : others).push_back(matcher);
    read->matchers = std::move(others);
    selector = to_text(*read);
    return of_target;
  }

  void tell_sides_apart() {
    std::vector<CheckDraft> checks = draft.checks;
    std::optional<std::vector<LabelMatcher>> common;
    for (CheckDraft& check : checks) {
      for (std::string* selector : {&check.errors, &check.total, &check.histogram}) {
        if (selector->empty()) continue;
        const auto matchers = take_target(*selector);
        sides_differ = sides_differ && matchers && !matchers->empty() && (!common || *common == *matchers);
        if (matchers) common = matchers;
      }
      if (check.kind != CheckDraft::Kind::promql) continue;
      check.baseline = check.canary.find(mark) == std::string::npos ? "" : for_baseline(check.canary);
    }
    if (!sides_differ || !common || target.empty()) return;
    draft.checks = std::move(checks);
    const std::string where = to_text(Selector{"", *common});
    draft.canary_where = for_canary(where);
    draft.baseline_where = for_baseline(where);
    remarks.push_back(
        {"baseline", "an analysis of the canary alone",
         fmt::format("{}-primary is the baseline here: where it fails too, Davy holds and does not roll back",
                     target),
         "and max_increase: can be written, like 100%"});
  }

  void finish_checks() {
    for (CheckDraft& check : draft.checks)
      for (std::string* text : {&check.errors, &check.total, &check.histogram, &check.canary})
        *text = for_canary(*text);
  }

  void take_times() {
    const auto read = parse_duration(text_at(analysis, "interval"));
    const Duration interval =
        read ? std::max(*read, Duration(std::chrono::seconds(10))) : Duration(std::chrono::minutes(1));
    const double step = number_at(analysis, "stepWeight").value_or(0);
    double rounds = number_at(analysis, "iterations").value_or(0);
    if (rounds <= 0 && step > 0) rounds = std::ceil(number_at(analysis, "maxWeight").value_or(100) / step);
    if (rounds <= 0) rounds = static_cast<double>(items_at(analysis, "stepWeights").size());
    if (rounds <= 0) rounds = 10;
    draft.window = std::clamp<Duration>(interval * static_cast<std::int64_t>(std::min(rounds, 1000.0)),
                                        std::chrono::minutes(2), std::chrono::hours(24));
    const double threshold = std::clamp(number_at(analysis, "threshold").value_or(1), 1.0, 1000.0);
    for (CheckDraft& check : draft.checks)
      check.confirmations = confirmations_for(interval * static_cast<std::int64_t>(threshold), draft.window);
    remarks.push_back(
        {"analysis", fmt::format("threshold: {} failed checks, whenever they were", plain_number(threshold)),
         "Davy says when it is sure (ratio, latency), or a breach lasted (confirmations)", ""});
    if (has(analysis, "stepWeight") || has(analysis, "stepWeights") || has(analysis, "maxWeight"))
      remarks.push_back({"analysis", "its steps of weight", "one window is as long as all of them",
                         "write steps: and let davy gate --steps take them"});
  }

  void take_webhooks() {
    for (const YamlRef& hook : items_at(analysis, "webhooks")) {
      const std::string type = text_at(hook, "type");
      const std::string where = fmt::format("webhook '{}'", text_at(hook, "name"));
      if (type == "rollback" || type == "post-rollout") {
        remarks.push_back({where, "the hook",
                           type == "rollback" ? "Flagger asks it whether to roll back, and Davy asks nobody"
                                              : "Davy tells nobody after a release but its report",
                           "on_pass: or a CI step can call it"});
      } else if (type.starts_with("confirm-")) {
        remarks.push_back({where, "the hook", "a gate that somebody opens",
                           "let the pipeline wait for it before davy gate"});
      } else {
        remarks.push_back(
            {where, "the hook", "tests and load are not Davy's", "let the pipeline run it beside davy gate"});
      }
    }
    if (!items_at(analysis, "alerts").empty())
      remarks.push_back(
          {"alerts", "its AlertProviders", "Davy's reports are written, not sent", "see docs/gate.md"});
    if (has(analysis, "match"))
      remarks.push_back({"analysis", "match", "who is sent to the canary is the mesh's affair", ""});
  }

  void take_actions() {
    if (target.empty()) return;
    const std::string prefix = name_space.empty() ? "" : printable(name_space) + "/";
    std::string service = text_at(canary, "spec.service.name");
    if (service.empty()) service = target;
    if (provider == "istio" && provider_said)
      draft.actions.push_back(
          fmt::format("traffic: {{virtual_service: '{0}{1}', canary: '{1}-canary', stable: '{1}-primary'}}",
                      prefix, printable(service)));
    if (provider.starts_with("gatewayapi"))
      draft.actions.push_back(
          fmt::format("traffic: {{http_route: '{0}{1}', canary: '{1}-canary', stable: '{1}-primary'}}",
                      prefix, printable(service)));
    if (provider == "nginx" && has(canary, "spec.ingressRef.name"))
      draft.actions.push_back(fmt::format("traffic: {{ingress: '{}{}-canary'}}", prefix,
                                          printable(text_at(canary, "spec.ingressRef.name"))));
    const std::string kind = text_at(canary, "spec.targetRef.kind");
    if (kind == "Deployment" || kind.empty())
      draft.actions.push_back(
          fmt::format("kubernetes: {{deployment: '{}{}', scale: 0}}", prefix, printable(target)));
    if (!draft.actions.empty())
      remarks.push_back({"rollback", "Flagger's own rollback", "the actions do the same to the same objects",
                         "before mode: enforce take the canary from Flagger (skipAnalysis: true): two "
                         "controllers must not move one weight"});
  }

  const SourceDocument* first_canary() {
    const SourceDocument* first = nullptr;
    for (const SourceDocument& document : documents) {
      if (kind_of(document) != "Canary") continue;
      if (first)
        remarks.push_back({fmt::format("Canary '{}'", name_of(document)), "the Canary",
                           "a policy is of one service", "import it in a run of its own"});
      if (!first) first = &document;
    }
    return first;
  }

  Imported run() {
    const SourceDocument* first = first_canary();
    if (!first)
      return refused(
          "a MetricTemplate says how to measure, and no limit; give davy import the Canary that names it, "
          "too",
          {});
    canary = first->root;
    analysis = find(canary, has(canary, "spec.analysis") ? "spec.analysis" : "spec.canaryAnalysis");
    name = name_of(*first);
    name_space = text_at(canary, "metadata.namespace");
    target = text_at(canary, "spec.targetRef.name");
    provider = text_at(canary, "spec.provider");
    if (provider.empty()) provider = options.provider;
    draft.from = fmt::format("the Flagger Canary {}", name.empty() ? "without a name" : name);
    if (!analysis)
      return refused(draft.from +
                         " has no analysis, so it says nothing of what healthy is; davy init "
                         "http://HOST:PORT/metrics writes checks from what a service exposes",
                     std::move(remarks));
    draft.service = target.empty() ? name : target;
    provider_said = !provider.empty();
    if (!provider_said) provider = has(canary, "spec.service.gatewayRefs") ? "gatewayapi" : "istio";
    take_address(text_at(canary, "spec.metricsServer"));
    for (const YamlRef& metric : items_at(analysis, "metrics")) take_metric(metric);
    tell_sides_apart();
    finish_checks();
    take_times();
    take_webhooks();
    take_actions();
    return write_policy(std::move(draft), options, std::move(remarks));
  }
};

}  // namespace

bool is_flagger(const SourceDocument& document) {
  return text_at(document.root, "apiVersion").starts_with("flagger.app/") &&
         (kind_of(document) == "Canary" || kind_of(document) == "MetricTemplate");
}

Imported import_flagger(const Documents& documents, const ImportOptions& options) {
  return Importer{documents, options, {}, {}, {}, {}, {}, {}, {}, {}}.run();
}

}  // namespace davy::config::imported
