#include "collector/store/histogram_groups.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <tuple>

namespace davy::collector {
namespace {

using Buckets = std::vector<BucketSample>;

auto group_key(const BucketSample& sample) { return std::tuple(sample.group, sample.side, sample.member); }

bool in_order(const BucketSample& a, const BucketSample& b) {
  return std::tuple(group_key(a), a.bound) < std::tuple(group_key(b), b.bound);
}

const char* flaw(Buckets::const_iterator first, Buckets::const_iterator last) {
  if (!std::isinf(std::prev(last)->bound) || std::prev(last)->bound < 0)
    return "a histogram has no +Inf bucket";
  if (static_cast<std::size_t>(last - first) > bounds_max) return "a histogram has more than 512 buckets";
  for (auto bucket = first; bucket != last; ++bucket) {
    if (!std::isfinite(bucket->now) || bucket->now < 0) return "a bucket's count is negative or infinite";
    if (bucket == first) continue;
    if (bucket->bound == std::prev(bucket)->bound) return "a histogram has the same bucket twice";
    if (bucket->now < std::prev(bucket)->now) return "a bucket counts less than the one below it";
  }
  return nullptr;
}

HistogramGroup make_group(Buckets::const_iterator first, Buckets::const_iterator last) {
  HistogramGroup group{first->side, first->member, first->slice, {}, {}};
  // All buckets or none are new; otherwise the layout has changed under us, and nothing can be said of this
  // tick.
  bool can_say = true;
  for (auto bucket = first; bucket != last; ++bucket) {
    can_say = can_say && bucket->gained.has_value() && bucket->is_new == first->is_new;
    group.bounds.push_back(bucket->bound);
  }
  if (!can_say) return group;
  double highest = 0;
  for (auto bucket = first; bucket != last; ++bucket) {
    highest =
        std::max(highest, *bucket->gained);  // a scrape may catch a histogram between two of its additions
    group.gained.push_back(highest);
  }
  return group;
}

// A bucket without a number for its bound takes its whole histogram with it.
bool drop_nameless(Buckets& samples) {
  std::set<std::uint64_t> groups;
  for (const BucketSample& sample : samples) {
    if (std::isnan(sample.bound)) groups.insert(sample.group);
  }
  if (groups.empty()) return false;
  std::erase_if(samples, [&](const BucketSample& sample) { return groups.contains(sample.group); });
  return true;
}

}  // namespace

std::vector<HistogramGroup> group_buckets(Buckets& samples, std::optional<Error>& rejected) {
  const auto reject = [&](const char* why) { rejected = Error(ErrorKind::malformed, why, "histogram"); };
  if (drop_nameless(samples)) reject("a bucket's le is not a number");
  if (!std::is_sorted(samples.begin(), samples.end(), in_order))
    std::sort(samples.begin(), samples.end(), in_order);
  std::vector<HistogramGroup> out;
  for (auto first = samples.cbegin(); first != samples.cend();) {
    const auto last = std::find_if(first, samples.cend(), [&](const BucketSample& sample) {
      return group_key(sample) != group_key(*first);
    });
    if (const char* const why = flaw(first, last)) {
      reject(why);
    } else {
      out.push_back(make_group(first, last));
    }
    first = last;
  }
  samples.clear();
  return out;
}

std::vector<double> shared_bounds(const std::vector<Layout>& layouts) {
  if (layouts.empty()) return {};
  std::vector<double> shared = *layouts.front();
  for (const Layout& layout : layouts) {
    std::vector<double> both;
    std::set_intersection(shared.begin(), shared.end(), layout->begin(), layout->end(),
                          std::back_inserter(both));
    shared = std::move(both);
  }
  return shared;
}

}  // namespace davy::collector
