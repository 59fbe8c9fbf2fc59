#include "collector/promql/raw_queries.hpp"

#include <algorithm>

namespace davy::collector {
namespace {

struct Wanted {
  Selector selector;
  MetricType type;
};

void want(Selector selector, MetricType type, std::vector<Wanted>& all) {
  for (Wanted& other : all) {
    if (other.selector.metric == selector.metric && other.type != type) {
      // A total for one check and a reading for another: a series has one type.
      other.type = type = MetricType::unknown;
    }
  }
  all.push_back({std::move(selector), type});
}

std::vector<Wanted> wanted_by(const std::vector<Check>& checks) {
  std::vector<Wanted> all;
  for (const Check& check : checks) {
    switch (check.kind) {
      case CheckKind::ratio:
        want(check.total, MetricType::counter, all);
        want(check.errors, MetricType::counter, all);
        break;
      case CheckKind::latency: {
        Selector buckets = check.histogram;
        buckets.metric += "_bucket";
        want(std::move(buckets), MetricType::histogram, all);
        break;
      }
      case CheckKind::gauge: want(check.gauge, MetricType::gauge, all); break;
      case CheckKind::restarts:
      case CheckKind::promql: break;
    }
  }
  return all;
}

// Whatever `inner` selects, `outer` does too.
bool contains(const Selector& outer, const Selector& inner) {
  return outer.metric == inner.metric &&
         std::all_of(outer.matchers.begin(), outer.matchers.end(), [&](const LabelMatcher& matcher) {
           return std::find(inner.matchers.begin(), inner.matchers.end(), matcher) != inner.matchers.end();
         });
}

bool is_plain_name(const std::string& name) {
  return name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:") ==
         std::string::npos;
}

// A name that PromQL could not always write goes into a matcher, which every version reads.
std::string text_of(Selector selector, const SideSpec& side) {
  if (side.where) {
    selector.matchers.insert(selector.matchers.end(), side.where->matchers.begin(),
                             side.where->matchers.end());
  }
  if (!is_plain_name(selector.metric)) {
    selector.matchers.insert(selector.matchers.begin(),
                             LabelMatcher{"__name__", MatchKind::equal, selector.metric});
    selector.metric.clear();
  }
  return to_text(selector);
}

}  // namespace

std::vector<RawQuery> raw_queries(const std::vector<Check>& checks, const SideSpec& side) {
  const std::vector<Wanted> all = wanted_by(checks);
  std::vector<RawQuery> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    bool is_contained = false;
    for (std::size_t j = 0; j < all.size() && !is_contained; ++j) {
      // Of two that are the same, the first is asked.
      const bool same = contains(all[i].selector, all[j].selector);
      is_contained = i != j && contains(all[j].selector, all[i].selector) && (!same || j < i);
    }
    if (!is_contained) out.push_back({text_of(all[i].selector, side), all[i].selector.metric, all[i].type});
  }
  if (!out.empty()) {
    const Selector start{start_time_metric, {}};
    out.push_back({text_of(start, side), start_time_metric, MetricType::gauge});
  }
  return out;
}

}  // namespace davy::collector
