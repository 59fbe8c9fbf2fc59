#include "collector/store/check_window.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace davy::collector {
namespace {

constexpr Duration history = std::chrono::minutes(5);  // kept from before a deploy
constexpr std::size_t slices_known_max = 1000;
constexpr std::size_t idle_members_max = 64;

Layout make_layout(const std::vector<double>& bounds) {
  return std::make_shared<const std::vector<double>>(bounds);
}

}  // namespace

CheckWindow::CheckWindow(const Check& check) : check_(check), slices_(1) { window_.check = check.name; }

void CheckWindow::start_release(Instant deployed_at, Duration length, Duration warmup, Duration interval) {
  window_.interval = interval;
  window_.deployed_at = deployed_at;
  window_.length = length;
  warmup_ = warmup;
  replaced_ = false;
  remembered_.clear();
  slice_places_.clear();
  slices_.assign(1, {});
  window_.slices.clear();
  for (Tick& tick : window_.ticks) tick.judged = is_judged(tick);
  trim(deployed_at);
}

void CheckWindow::begin_tick() {
  rejected_.reset();
  window_.canary.trouble.clear();
  window_.baseline.trouble.clear();
  window_.baseline.remembered = false;
}

void CheckWindow::baseline_replaced(bool is_so) {
  if (is_so == replaced_) return;
  replaced_ = is_so;
  remembered_.clear();
  if (!is_so) return;
  for (const Tick& tick : window_.ticks) {
    const bool any = std::any_of(tick.baseline.begin(), tick.baseline.end(),
                                 [](const MemberTick& member) { return member.present; });
    if (any) remembered_.push_back(tick.baseline);
  }
}

// A tick that has begun while still warming up has its part in the warm-up.
bool CheckWindow::is_judged(const Tick& tick) const {
  return window_.deployed_at != Instant{} && tick.at - tick.length >= window_.deployed_at + warmup_;
}

std::size_t CheckWindow::member(Side side, const std::string& name) {
  SideState& state = side_of(side);
  const auto [place, is_new] = state.places.emplace(name, state.now.size());
  if (is_new) {
    sight(side).members.push_back(name);
    state.now.emplace_back();
    state.last_present.push_back(window_.now);
    for (Tick& tick : window_.ticks) members_of(tick, side).emplace_back();
  }
  return place->second;
}

std::size_t CheckWindow::slice(const std::string& value) {
  if (value.empty()) return 0;
  const auto known = slice_places_.find(value);
  if (known != slice_places_.end()) return known->second;
  if (slices_.size() >= slices_known_max) return 0;
  slice_places_.emplace(value, slices_.size());
  slices_.push_back({value, 0, 0, 0, 0});
  return slices_.size() - 1;
}

void CheckWindow::add_total(Side side, std::size_t member, std::size_t slice, std::optional<double> gained) {
  SideState& state = side_of(side);
  state.found = true;
  MemberSum& sum = state.now[member];
  sum.missing = sum.missing || !gained;
  if (!gained) return;
  sum.tick.present = true;
  sum.tick.total += *gained;
  if (slice != 0) slice_gains_.push_back({side, member, slice, *gained, 0});
}

void CheckWindow::add_bad(Side side, std::size_t member, std::size_t slice, std::optional<double> gained) {
  MemberSum& sum = side_of(side).now[member];
  sum.missing = sum.missing || !gained;
  if (!gained) return;
  sum.tick.bad += *gained;
  if (slice != 0) slice_gains_.push_back({side, member, slice, 0, *gained});
}

void CheckWindow::add_reading(Side side, std::size_t member, double value) {
  SideState& state = side_of(side);
  if (!std::isfinite(value)) {
    rejected_ = Error(ErrorKind::malformed, check_.gauge.metric + " is infinite", "infinite");
    return;
  }
  state.found = true;
  MemberTick& tick = state.now[member].tick;
  tick.present = true;
  tick.total = 1;
  tick.value += value;  // an instance's pools and areas add up to the instance
}

void CheckWindow::end_reading(const std::string& target) {
  if (check_.kind != CheckKind::latency) return;
  std::vector<HistogramGroup> groups = group_buckets(buckets_, rejected_);
  std::vector<Layout> layouts;
  for (HistogramGroup& group : groups) {
    side_of(group.side).found = true;
    const auto same = [&](const Layout& layout) { return *layout == group.bounds; };
    if (std::none_of(layouts.begin(), layouts.end(), same)) layouts.push_back(make_layout(group.bounds));
    groups_.push_back(std::move(group));
  }
  if (!layouts.empty()) layouts_[target] = std::move(layouts);
}

// The window's bounds are those that all sides share now. When they change, what was counted into other bins
// stops counting: bins of two layouts are never mixed.
void CheckWindow::follow_layout() {
  std::vector<Layout> all;
  for (const auto& [target, layouts] : layouts_) {
    for (const Layout& layout : layouts) {
      const auto same = [&](const Layout& other) { return *other == *layout; };
      if (std::none_of(all.begin(), all.end(), same)) all.push_back(layout);
    }
  }
  if (all.empty()) return;
  std::vector<double> bounds = shared_bounds(all);
  if (bounds == window_.bounds) return;
  if (bounds.size() < 2 && all.size() > 1) {
    rejected_ = Error(ErrorKind::malformed,
                      "the histograms of " + check_.histogram.metric + " share no bucket", "histogram");
  }
  window_.bounds = std::move(bounds);
  for (Tick& tick : window_.ticks) {
    std::fill(tick.canary.begin(), tick.canary.end(), MemberTick{});
    std::fill(tick.baseline.begin(), tick.baseline.end(), MemberTick{});
  }
  for (Slice& slice : slices_) slice = {slice.value, 0, 0, 0, 0};
}

void CheckWindow::fold_histograms() {
  follow_layout();
  // For the blast radius an event is bad when it was certainly slower than the limit.
  const double limit = check_.max.value_or(std::numeric_limits<double>::infinity());
  for (const HistogramGroup& group : groups_) {
    MemberSum& sum = side_of(group.side).now[group.member];
    if (group.gained.empty()) {
      sum.missing = true;
      continue;
    }
    MemberTick& tick = sum.tick;
    tick.present = true;
    tick.buckets.resize(window_.bounds.size());
    double below = 0;
    std::size_t i = 0;
    for (std::size_t bin = 0; bin < window_.bounds.size(); ++bin) {
      while (group.bounds[i] < window_.bounds[bin]) ++i;
      tick.buckets[bin] += group.gained[i] - below;
      below = group.gained[i];
    }
    tick.total += group.gained.back();
    if (group.slice == 0) continue;
    const auto fast =
        std::lower_bound(group.bounds.begin(), group.bounds.end(), limit) - group.bounds.begin();
    const double slow = group.gained.back() - group.gained[static_cast<std::size_t>(fast)];
    slice_gains_.push_back({group.side, group.member, group.slice, group.gained.back(), slow});
  }
  groups_.clear();
}

void CheckWindow::close_tick(Instant at, std::optional<Duration> length) {
  window_.now = at;
  if (check_.kind == CheckKind::latency) fold_histograms();
  Tick tick;
  tick.at = at;
  tick.length = length.value_or(Duration::zero());
  tick.judged = is_judged(tick);
  for (const Side side : {Side::canary, Side::baseline}) close_side(side, tick);
  if (replaced_ && length && !remembered_.empty()) {
    tick.baseline = std::move(remembered_.back());
    tick.baseline.resize(baseline_.now.size());
    remembered_.pop_back();
    window_.baseline.remembered = true;
    baseline_.found = true;
  }
  if (tick.judged) fold_slices();
  slice_gains_.clear();
  for (const Side side : {Side::canary, Side::baseline}) {
    SideState& state = side_of(side);
    sight(side).series_found = std::exchange(state.found, false);
    std::fill(state.now.begin(), state.now.end(), MemberSum{});
  }
  if (length) window_.ticks.push_back(std::move(tick));
  trim(at);
}

void CheckWindow::close_side(Side side, Tick& tick) {
  SideState& state = side_of(side);
  std::vector<MemberTick>& members = members_of(tick, side);
  members.resize(state.now.size());
  for (std::size_t i = 0; i < state.now.size(); ++i) {
    MemberSum& sum = state.now[i];
    if (sum.tick.present) state.last_present[i] = tick.at;
    // A member that is still warming up in a judged tick is left out of it.
    sum.missing = sum.missing || (sum.warming && tick.judged);
    if (!sum.tick.present || sum.missing) continue;
    sum.tick.bad = std::min(sum.tick.bad, sum.tick.total);  // a scrape may catch one total before the other
    members[i] = sum.tick;
  }
}

void CheckWindow::fold_slices() {
  for (const SliceGain& gain : slice_gains_) {
    const MemberSum& sum = side_of(gain.side).now[gain.member];
    if (!sum.tick.present || sum.missing) continue;
    Slice& slice = slices_[gain.slice];
    (gain.side == Side::canary ? slice.canary_total : slice.baseline_total) += gain.total;
    (gain.side == Side::canary ? slice.canary_bad : slice.baseline_bad) += gain.bad;
  }
  if (slices_.size() > 1) sort_slices();
}

// Worst first: by the bad events that the canary has beyond the baseline's share.
void CheckWindow::sort_slices() {
  const auto excess = [](const Slice& slice) {
    const double share =
        slice.baseline_total > 0 ? std::min(1.0, slice.baseline_bad / slice.baseline_total) : 0;
    return std::min(slice.canary_bad, slice.canary_total) - share * slice.canary_total;
  };
  window_.slices.assign(slices_.begin() + 1, slices_.end());
  std::sort(window_.slices.begin(), window_.slices.end(), [&](const Slice& a, const Slice& b) {
    return std::pair(-excess(a), std::string_view(a.value)) <
           std::pair(-excess(b), std::string_view(b.value));
  });
  if (window_.slices.size() > slices_max) window_.slices.resize(slices_max);
}

void CheckWindow::trim(Instant now) {
  const bool in_window = window_.deployed_at != Instant{} && now - window_.deployed_at <= window_.length;
  const Instant oldest =
      in_window ? window_.deployed_at - history : now - std::max(window_.length, Duration::zero()) - history;
  const auto first = std::find_if(window_.ticks.begin(), window_.ticks.end(),
                                  [&](const Tick& tick) { return tick.at >= oldest; });
  window_.ticks.erase(window_.ticks.begin(), first);
}

bool CheckWindow::compact() {
  bool changed = false;
  for (const Side side : {Side::canary, Side::baseline}) {
    const Instant oldest = window_.ticks.empty() ? window_.now : window_.ticks.front().at;
    const std::vector<Instant>& last = side_of(side).last_present;
    const auto idle = std::count_if(last.begin(), last.end(), [&](Instant at) { return at < oldest; });
    if (static_cast<std::size_t>(idle) <= idle_members_max) continue;
    forget_members(side, oldest);
    changed = true;
  }
  return changed;
}

void CheckWindow::forget_members(Side side, Instant before) {
  SideState& state = side_of(side);
  const std::vector<Instant> last = state.last_present;
  const auto keep_live = [&](auto& values) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < last.size(); ++i) {
      if (last[i] < before) continue;
      if (kept != i) values[kept] = std::move(values[i]);
      ++kept;
    }
    values.resize(kept);
  };
  keep_live(sight(side).members);
  keep_live(state.now);
  keep_live(state.last_present);
  for (Tick& tick : window_.ticks) keep_live(members_of(tick, side));
  if (side == Side::baseline) {
    for (std::vector<MemberTick>& members : remembered_) {
      members.resize(last.size());
      keep_live(members);
    }
  }
  state.places.clear();
  for (std::size_t i = 0; i < sight(side).members.size(); ++i)
    state.places.emplace(sight(side).members[i], i);
}

}  // namespace davy::collector
