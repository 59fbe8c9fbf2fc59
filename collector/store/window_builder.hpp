#pragma once

// From what the targets expose to what a judge looks at: every round's Batch becomes one more tick in every
// check's Window. Pure: the same batches give the same windows.
//
// Sides are told by target, or by label where a side has a `where`; members are targets, or the values of the
// side's `members` label. Running totals become increases (SeriesStore has the rules); a member that cannot
// be counted in a tick is absent from it, and the side's `problem` says why. A target's first `warmup`, and
// its first after each restart, is shown in ticks that are not judged and left out of those that are.

#include "collector/parse/reading_sink.hpp"
#include "collector/store/check_window.hpp"
#include "collector/store/series_router.hpp"
#include "collector/store/series_store.hpp"
#include "core/model/batch.hpp"
#include "core/model/scrape.hpp"
#include "core/model/window.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace davy::collector {

struct WindowOptions {
  Duration warmup = std::chrono::seconds(30);
  Duration length = std::chrono::minutes(10);
  Duration interval = std::chrono::seconds(5);  // between rounds, as the policy wants them
};

class WindowBuilder {
 public:
  // Error: invalid, when a selector's regular expression is not one.
  static Result<WindowBuilder> create(std::vector<Check> checks, SideSpec canary, SideSpec baseline,
                                      WindowOptions options);

  // What the parser has to keep.
  const WantedNames& wanted() const { return wanted_; }

  // The window is about the deploy at that time, from now on. Ticks from before it stay as history.
  void start_release(Instant deployed_at);
  void add(const Batch& batch);

  // One a check, in the policy's order. References stay good for the builder's life, their content until the
  // next add().
  std::vector<const Window*> windows() const;
  const Window* window(std::string_view check) const;

 private:
  struct PlacedRoute {
    Route route;
    std::size_t member = 0;
    std::size_t slice = 0;
  };
  struct TargetState {
    SeriesStore store;
    std::vector<std::optional<std::vector<PlacedRoute>>> routes;  // by the store's series id
    std::uint64_t places = 0;  // which generation of places the routes hold
    Instant since{};           // of this incarnation
    Instant last_named{};
  };
  struct LabelMember {
    Instant since{}, last{};
  };
  struct SideState {
    SideSpec spec;
    std::optional<Instant> last_seen;  // when a target last answered
    std::optional<Instant> first_round;
    std::map<std::string, LabelMember> members;  // with a `members` label: each value warms up on its own
  };

  WindowBuilder(std::vector<Check> checks, SeriesRouter router, SideSpec canary, SideSpec baseline,
                WindowOptions options);
  void read(const TargetReading& reading);
  void count(const TargetReading& reading, const Sample& sample, const SeriesGain& gain, TargetState& target);
  void count(const InstanceState& instance);
  const std::vector<PlacedRoute>& place(const TargetReading& reading, const Sample& sample,
                                        const SeriesGain& gain, TargetState& target);
  bool is_warming(const TargetReading& reading, const TargetState& target, const Route& route);
  void register_members(const TargetReading& reading);
  void add_queries(const Batch& batch);
  void look(const Batch& batch, Side side);
  void look(const QueryValue* query, CheckWindow& window, Side side, Instant now);
  std::vector<CheckWindow*> scraped();  // those that do not come from queries
  void forget_targets(Instant now);
  SideState& side_of(Side side) { return side == Side::canary ? canary_ : baseline_; }

  std::vector<Check> checks_;
  std::deque<CheckWindow> windows_;  // parallel to checks_
  SeriesRouter router_;
  SideState canary_, baseline_;
  WindowOptions options_;
  WantedNames wanted_;
  std::map<std::string, TargetState> targets_;
  std::optional<Error> warning_;  // of this round: a series that was invalidated
  std::optional<Instant> last_tick_, last_query_tick_, last_release_;
  std::map<std::pair<std::string, Side>, std::optional<Instant>> query_blind_since_;
  std::optional<Instant> replaced_since_;  // the release has taken the baseline's place
  std::uint64_t places_ = 1;
};

}  // namespace davy::collector
