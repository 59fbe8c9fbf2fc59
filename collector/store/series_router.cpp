#include "collector/store/series_router.hpp"

#include "collector/parse/byte_set.hpp"
#include "collector/parse/number.hpp"

#include <cmath>

namespace davy::collector {
namespace {

constexpr std::string_view bucket_suffix = "_bucket";

struct Selected {
  Role role;
  const Selector* selector;
};

// What a check selects from; nothing for the kinds that are not scraped.
std::vector<Selected> selected_by(const Check& check) {
  switch (check.kind) {
    case CheckKind::ratio: return {{Role::errors, &check.errors}, {Role::total, &check.total}};
    case CheckKind::latency: return {{Role::bucket, &check.histogram}};
    case CheckKind::gauge: return {{Role::gauge, &check.gauge}};
    case CheckKind::restarts:
    case CheckKind::promql: break;
  }
  return {};
}

std::string slice_of(const Series& series, const std::vector<std::string>& by) {
  std::string out;
  for (const std::string& label : by) {
    if (!out.empty()) out += ", ";
    out += label + "=" + quoted(series.labels.get(label).value_or(""));
  }
  return out;
}

double bound_of(const Series& series) {
  const auto le = series.labels.get("le");
  return le ? parse_number(*le, Overflow::refuse).value_or(std::nan("")) : std::nan("");
}

std::uint64_t histogram_of(const Series& series) {
  Labels labels = series.labels;
  labels.erase("le");
  return hash_bytes(series.name + to_text(labels));
}

}  // namespace

Result<SeriesRouter> SeriesRouter::create(const std::vector<Check>& checks, const SideSpec& canary,
                                          const SideSpec& baseline) {
  SeriesRouter router;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    for (const Selected& selected : selected_by(checks[i])) {
      const std::string_view suffix = selected.role == Role::bucket ? bucket_suffix : std::string_view();
      auto compiled = CompiledSelector::compile(*selected.selector, suffix);
      if (!compiled) return compiled.error().within("check " + checks[i].name);
      router.sources_.push_back({i, selected.role, std::move(*compiled), checks[i].units_per_second});
    }
    router.by_.push_back(checks[i].by);
  }
  for (const Side side : {Side::canary, Side::baseline}) {
    const SideSpec& spec = side == Side::canary ? canary : baseline;
    auto where = CompiledSelector::compile(spec.where.value_or(Selector{}));
    if (!where) return where.error().within(std::string(to_text(side)) + ".where");
    router.sides_.push_back({side, std::move(*where), spec.members});
  }
  return router;
}

std::vector<Route> SeriesRouter::routes(const Series& series, const TargetReading& target) const {
  std::vector<Route> out;
  for (const Source& source : sources_) {
    if (!source.selector.matches(series)) continue;
    for (const SideRule& rule : sides_) {
      const bool speaks = rule.side == Side::canary ? target.for_canary : target.for_baseline;
      if (!speaks || !rule.where.matches(series)) continue;
      Route route{source.check, source.role, rule.side};
      route.member =
          rule.members.empty() ? target.target : std::string(series.labels.get(rule.members).value_or(""));
      route.slice = slice_of(series, by_[source.check]);
      if (source.role == Role::bucket) {
        route.bound = bound_of(series) / source.units_per_second;
        route.group = histogram_of(series);
      }
      out.push_back(std::move(route));
    }
  }
  return out;
}

WantedNames names_used_by(const std::vector<Check>& checks) {
  WantedNames out;
  for (const Check& check : checks) {
    for (const Selected& selected : selected_by(check)) {
      const std::string& metric = selected.selector->metric;
      if (metric.empty()) {
        out.all = true;
        continue;
      }
      std::string name = selected.role == Role::bucket ? metric + std::string(bucket_suffix) : metric;
      if (!out.contains(name)) out.names.push_back(std::move(name));
    }
  }
  return out;
}

}  // namespace davy::collector
