// OpenSLO's SLOs, with the SLIs that they name.

#include "config/import/error_budget.hpp"
#include "config/import/formats.hpp"
#include "config/import/promql.hpp"

#include <fmt/format.h>

namespace davy::config::imported {
namespace {

struct Importer {
  const Documents& documents;
  const ImportOptions& options;
  PolicyDraft draft;
  std::vector<Remark> remarks;

  YamlRef indicator(const YamlRef& slo, const std::string& where) {
    if (const YamlRef own = find(slo, "indicator.spec")) return own;
    const std::string wanted = text_at(slo, "indicatorRef");
    for (const SourceDocument& document : documents)
      if (kind_of(document) == "SLI" && name_of(document) == wanted) return find(document.root, "spec");
    remarks.push_back({where, "the SLO", fmt::format("its indicator {} is not in the files", wanted),
                       "give the SLI's file to davy import, too"});
    return nullptr;
  }

  // The query of one of an indicator's metrics; empty where there is none that Prometheus answers.
  std::string query(const YamlRef& metric, const std::string& where) {
    const YamlRef source = find(metric, "metricSource");
    if (!source) return "";
    std::string type = text_at(source, "type");
    if (!type.empty() && type != "Prometheus" && type != "prometheus") {
      remarks.push_back({where, "the SLO",
                         fmt::format("it is measured by {}, and Davy asks Prometheus", type),
                         "write a check on counters that Prometheus has"});
      return "";
    }
    const std::string text = text_at(source, "spec.query");
    return fill_in(text.empty() ? text_at(source, "spec.promql") : text, options.args, ".", where, remarks);
  }

  static std::optional<double> target(const YamlRef& objective) {
    if (const auto share = number_at(objective, "target")) return share;
    const auto percent = number_at(objective, "targetPercent");
    return percent ? std::optional(*percent / 100) : std::nullopt;
  }

  void take_ratio(const std::string& name, const YamlRef& ratio, const YamlRef& slo,
                  const std::string& where) {
    const std::string total = query(find(ratio, "total"), where);
    const std::string bad = query(find(ratio, "bad"), where);
    const std::string good = query(find(ratio, "good"), where);
    std::string raw = query(find(ratio, "raw"), where);
    if (!raw.empty() && text_at(ratio, "rawType") != "failure") raw = fmt::format("1 - ({})", raw);
    if (raw.empty() && (total.empty() || (bad.empty() && good.empty()))) {
      remarks.push_back({where, "the SLO", "its ratio has no total, or neither good nor bad", "write them"});
      return;
    }
    const bool counts = text_at(ratio, "counter") == "true";
    const auto rated = [&](const std::string& text) {
      const auto read = parse_promql(one_line(text));
      return read && read->kind == Expression::Kind::selector && read->range.empty()
                 ? fmt::format("sum(rate({}[5m]))", text)
                 : text;
    };
    if (counts) remarks.push_back({where, "counter: true", "counters are looked at by their increase", ""});
    for (const YamlRef& objective : items_at(slo, "objectives")) {
      const auto wanted = target(objective);
      if (!wanted) {
        remarks.push_back({where, "an objective", "it has no target", ""});
        continue;
      }
      const std::string all = rated(total);
      const std::string errors = !raw.empty()   ? raw
                                 : !bad.empty() ? rated(bad)
                                                : fmt::format("1 - ({}) / ({})", rated(good), all);
      const bool divided = raw.empty() && !bad.empty();
      for (CheckDraft& check : objective_check(name, errors, divided ? all : "", *wanted, remarks))
        draft.checks.push_back(std::move(check));
    }
  }

  void take_threshold(const std::string& name, const YamlRef& metric, const YamlRef& slo,
                      const std::string& where) {
    const std::string text = query(metric, where);
    for (const YamlRef& objective : items_at(slo, "objectives")) {
      const auto value = number_at(objective, "value");
      const std::string op = text_at(objective, "op");
      if (text.empty() || !value || op.empty()) {
        remarks.push_back({where, "an objective", "it has no query, no op or no value", ""});
        continue;
      }
      Bounds healthy;
      (op.starts_with('l') ? healthy.max : healthy.min) = value;
      remarks.push_back(
          {where, "the share of time that may miss the value", "every moment of a release counts", ""});
      for (CheckDraft& check : translate({name, text, healthy}, remarks))
        draft.checks.push_back(std::move(check));
    }
  }

  void take(const SourceDocument& document) {
    const YamlRef slo = find(document.root, "spec");
    const std::string name = name_of(document);
    const std::string where = fmt::format("SLO '{}'", name);
    if (draft.service.empty()) draft.service = text_at(slo, "service");
    const YamlRef what = indicator(slo, where);
    if (!what) return;
    if (has(what, "ratioMetric")) return take_ratio(name, find(what, "ratioMetric"), slo, where);
    if (has(what, "thresholdMetric")) return take_threshold(name, find(what, "thresholdMetric"), slo, where);
    remarks.push_back({where, "the SLO", "its indicator has neither ratioMetric nor thresholdMetric", ""});
  }

  Imported run() {
    for (const SourceDocument& document : documents) {
      if (kind_of(document) == "SLO") take(document);
      if (is_openslo(document) && kind_of(document) != "SLO" && kind_of(document) != "SLI")
        remarks.push_back({fmt::format("{} '{}'", kind_of(document), name_of(document)), "all of it",
                           "nothing in it says what healthy is", ""});
    }
    draft.from = fmt::format("OpenSLO's SLOs of {}", draft.service);
    return write_policy(std::move(draft), options, std::move(remarks));
  }
};

}  // namespace

bool is_openslo(const SourceDocument& document) {
  return text_at(document.root, "apiVersion").starts_with("openslo/");
}

Imported import_openslo(const Documents& documents, const ImportOptions& options) {
  return Importer{documents, options, {}, {}}.run();
}

}  // namespace davy::config::imported
