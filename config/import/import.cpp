#include "config/import/formats.hpp"
#include "config/import/policy_text.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace davy::config::imported {

std::span<const Format> formats() {
  static constexpr std::array all{
      Format{"Flagger", "a Canary, with the MetricTemplates that it names", is_flagger, import_flagger},
      Format{"Argo Rollouts", "AnalysisTemplates, with the Rollout that names them", is_argo, import_argo},
      Format{"Kayenta", "a canary configuration (JSON)", is_kayenta, import_kayenta},
      Format{"Prometheus alerting rules", "a file of groups, or a PrometheusRule", is_alert_rules,
             import_alert_rules},
      Format{"Sloth", "version: prometheus/v1, or a PrometheusServiceLevel", is_sloth, import_sloth},
      Format{"OpenSLO", "apiVersion: openslo/v1, SLOs with their SLIs", is_openslo, import_openslo},
  };
  return all;
}

std::string to_text(const Remark& remark) {
  std::string text = remark.where + ": " + remark.what;
  if (!remark.why.empty()) text += ": " + remark.why;
  if (!remark.instead.empty()) text += "; " + remark.instead;
  return printable(text, 600);
}

Imported import_documents(const Documents& documents, const ImportOptions& options) {
  for (const Format& format : formats())
    if (std::any_of(documents.begin(), documents.end(), format.knows))
      return format.import(documents, options);
  std::string kind;
  for (const SourceDocument& document : documents)
    if (kind.empty() && !kind_of(document).empty()) kind = " (it is a " + kind_of(document) + ")";
  return refused(fmt::format("{}{} is nothing that can be imported; davy import --list names what can be",
                             documents.empty() ? "it" : documents.front().file, kind),
                 {});
}

}  // namespace davy::config::imported
