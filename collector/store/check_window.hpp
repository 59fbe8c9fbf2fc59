#pragma once

// One check's Window while it grows: what a tick has brought is added up member by member, then closed into a
// Tick.
//
// Within a tick: begin_tick(), for every reading add_*() and end_reading(), then close_tick(). Old ticks are
// dropped and members that are long gone make room, so the window's size follows the policy and not the
// uptime.

#include "collector/store/histogram_groups.hpp"
#include "core/model/check.hpp"
#include "core/model/window.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace davy::collector {

class CheckWindow {
 public:
  explicit CheckWindow(const Check& check);

  // A new release: what is older than five minutes before it is dropped, and each tick is judged or not anew.
  void start_release(Instant deployed_at, Duration length, Duration warmup, Duration interval);

  void begin_tick();
  std::size_t member(Side side, const std::string& name);  // its place; registers it
  std::size_t slice(const std::string& value);             // its place; 0 stands for none

  // Of one series. Where `gained` is nothing the member's tick is missing.
  void add_total(Side side, std::size_t member, std::size_t slice, std::optional<double> gained);
  void add_bad(Side side, std::size_t member, std::size_t slice, std::optional<double> gained);
  void add_reading(Side side, std::size_t member, double value);
  void add_bucket(const BucketSample& sample) { buckets_.push_back(sample); }
  void end_reading(const std::string& target);  // groups the buckets added since the last call
  void drop_target(const std::string& target) { layouts_.erase(target); }
  void warm(Side side, std::size_t member) { side_of(side).now[member].warming = true; }
  void reject(Error why) { rejected_ = std::move(why); }

  // The baseline's instances are gone, since the release has replaced them: from now on every tick shows one
  // of theirs that has not been shown again yet, the newest first, as long as there are any.
  void baseline_replaced(bool is_so);

  void close_tick(Instant at, std::optional<Duration> length);

  // True when members had to make room: places given out before are void.
  bool compact();

  SideSight& sight(Side side) { return side == Side::canary ? window_.canary : window_.baseline; }
  const std::optional<Error>& rejected() const { return rejected_; }
  const Window& window() const { return window_; }

 private:
  struct MemberSum {
    MemberTick tick;
    bool missing = false;
    bool warming = false;
  };
  struct SliceGain {
    Side side;
    std::size_t member, slice;
    double total, bad;
  };
  struct SideState {
    std::unordered_map<std::string, std::size_t> places;
    std::vector<MemberSum> now;  // parallel to the members
    std::vector<Instant> last_present;
    bool found = false;
  };

  SideState& side_of(Side side) { return side == Side::canary ? canary_ : baseline_; }
  static std::vector<MemberTick>& members_of(Tick& tick, Side side) {
    return side == Side::canary ? tick.canary : tick.baseline;
  }
  void fold_histograms();
  void follow_layout();
  void fold_slices();
  void close_side(Side side, Tick& tick);
  bool is_judged(const Tick& tick) const;
  void trim(Instant now);
  void forget_members(Side side, Instant before);
  void sort_slices();

  Check check_;
  Window window_;
  Duration warmup_{};
  SideState canary_, baseline_;
  std::optional<Error> rejected_;

  bool replaced_ = false;
  std::vector<std::vector<MemberTick>> remembered_;  // of the baseline, the next one last

  std::vector<BucketSample> buckets_;
  std::vector<HistogramGroup> groups_;
  std::map<std::string, std::vector<Layout>> layouts_;  // by target: those of its last good scrape

  std::vector<SliceGain> slice_gains_;
  std::unordered_map<std::string, std::size_t> slice_places_;
  std::vector<Slice> slices_;  // all that are known; the first stands for none
};

}  // namespace davy::collector
