// Sloth's SLOs: version: prometheus/v1, or the Kubernetes object PrometheusServiceLevel.

#include "config/import/error_budget.hpp"
#include "config/import/formats.hpp"

#include <fmt/format.h>

namespace davy::config::imported {
namespace {

constexpr const char* kubernetes_kind = "PrometheusServiceLevel";

struct Importer {
  const ImportOptions& options;
  PolicyDraft draft;
  std::vector<Remark> remarks;

  void take(const YamlRef& slo) {
    const std::string name = text_at(slo, "name");
    const std::string where = fmt::format("objective '{}'", name);
    const bool kubernetes = !has(slo, "sli.events.error_query");
    const std::string errors = text_at(slo, kubernetes ? "sli.events.errorQuery" : "sli.events.error_query");
    const std::string total = text_at(slo, kubernetes ? "sli.events.totalQuery" : "sli.events.total_query");
    std::string ratio = text_at(slo, "sli.raw.error_ratio_query");
    if (ratio.empty()) ratio = text_at(slo, "sli.raw.errorRatioQuery");
    const auto objective = number_at(slo, "objective");
    const bool events = !errors.empty() && !total.empty();
    if (!objective || (!events && ratio.empty())) {
      const bool plugin = has(slo, "sli.plugin");
      remarks.push_back({where, "the SLO",
                         plugin       ? "its queries are made by a plugin"
                         : !objective ? "it has no objective"
                                      : "it has no queries",
                         "write sli.events with error_query and total_query"});
      return;
    }
    std::map<std::string, std::string> values = options.args;
    values.try_emplace("window", "5m");
    const auto filled = [&](const std::string& query) { return fill_in(query, values, ".", where, remarks); };
    for (CheckDraft& check : objective_check(name, filled(events ? errors : ratio),
                                             events ? filled(total) : "", *objective / 100, remarks))
      draft.checks.push_back(std::move(check));
    if (has(slo, "alerting"))
      remarks.push_back(
          {where, "alerting", "Davy judges releases and alerts nobody", "Sloth's alerts stay as they are"});
  }

  Imported run(const Documents& documents) {
    for (const SourceDocument& document : documents) {
      if (!is_sloth(document)) continue;
      const YamlRef body = kind_of(document) == kubernetes_kind ? find(document.root, "spec") : document.root;
      if (draft.service.empty()) draft.service = text_at(body, "service");
      for (const YamlRef& slo : items_at(body, "slos")) take(slo);
    }
    draft.from = fmt::format("Sloth's SLOs of {}", draft.service);
    return write_policy(std::move(draft), options, std::move(remarks));
  }
};

}  // namespace

bool is_sloth(const SourceDocument& document) {
  return has(document.root, "slos") || kind_of(document) == kubernetes_kind;
}

Imported import_sloth(const Documents& documents, const ImportOptions& options) {
  return Importer{options, {}, {}}.run(documents);
}

}  // namespace davy::config::imported
