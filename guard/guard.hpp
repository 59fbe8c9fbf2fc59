#pragma once

// The loop that carries values from room to room, one round after another: collect, remember, judge, decide,
// record, act, record, verify, tell.
//
// One Guard watches one service, one release at a time. It owns its parts. Whoever wants something asks with
// a value (request) that is drained at the start of a round; whoever wants to see reads snapshot(). A
// rollback that has begun is finished: stop() ends the loop after the round that is running, and the journal
// resumes the rest at the next start.

#include "collector/metric_source.hpp"
#include "collector/release_source.hpp"
#include "collector/store/window_builder.hpp"
#include "core/journal/journal.hpp"
#include "core/model/guard_snapshot.hpp"
#include "core/telemetry/events.hpp"
#include "guard/decision/decision_machine.hpp"
#include "guard/decision/guard_rails.hpp"
#include "guard/release.hpp"
#include "judge/judge.hpp"
#include "rollback/actuator.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>

namespace davy::guard {

struct GuardOptions {
  std::string service;
  std::map<std::string, std::string> labels;  // copied to actions as facts
  bool observe_only = false;
  Duration interval = std::chrono::seconds(5);
  Duration window = std::chrono::minutes(10);
  Duration warmup = std::chrono::seconds(30);
  Fallbacks fallbacks;
  std::map<std::string, Fallback> on_no_data;  // of single checks, by name; they override fallbacks
  GuardRails rails;
  std::string policy_digest;
  bool checkpoints = true;  // the judge's state is journalled every round: a restart resumes the evidence
};

struct GuardParts {
  boost::asio::any_io_executor executor;
  std::shared_ptr<const Clock> clock;
  std::unique_ptr<collector::MetricSource> source;
  std::unique_ptr<collector::ReleaseSource> releases;  // who notices new revisions; may be null
  std::unique_ptr<collector::WindowBuilder> windows;
  std::unique_ptr<judge::Judge> judge;
  std::unique_ptr<judge::Judge> verification_judge;           // after a rollback; without it, `judge`
  std::vector<std::unique_ptr<rollback::Actuator>> rollback;  // the plan, in order
  std::vector<std::unique_ptr<rollback::Actuator>> on_pass;
  std::unique_ptr<journal::Journal> journal;
  std::function<void(const telemetry::Event&)> emit;
  std::function<void(const OperatorRequest&, Instant)> on_request;  // one that is taken up now
  std::function<void(const Batch&)> on_batch;
  std::function<void(const Verdict&)> on_verdict;      // of every round that is judged
  std::function<void(const GuardSnapshot&)> on_round;  // after every round
  std::function<void(const Incident&)> tell;           // the release is over
  std::function<bool()> may_act;                       // false: another Davy leads by now; empty: always
  std::function<boost::asio::awaitable<void>()> save;  // what the journal holds, elsewhere too; may be empty
  std::function<void(std::string_view step)> at_step;  // named points of a rollback; empty but in crash tests
};

class Guard {
 public:
  Guard(GuardOptions options, GuardParts parts);

  // Finds an unfinished release in the journal, if there is one. Before the first round.
  Result<void> recover();

  // Rounds at the interval until stop(), or until the release under watch has ended when `one_release`.
  boost::asio::awaitable<void> run(bool one_release);
  boost::asio::awaitable<void> round();
  void stop();

  void request(OperatorRequest request);
  const GuardSnapshot& snapshot() const { return snapshot_; }
  // The account of the last release that ended.
  const std::optional<Incident>& last_incident() const { return last_incident_; }
  // The account of the release under watch as it stands in the middle of a round; its end is the phase.
  Incident so_far() const;

 private:
  boost::asio::awaitable<void> look_back();
  boost::asio::awaitable<void> look_for_release();
  boost::asio::awaitable<bool> complete_announced();
  boost::asio::awaitable<void> arm();
  boost::asio::awaitable<void> pace();
  boost::asio::awaitable<void> stand_down();
  boost::asio::awaitable<void> save();
  boost::asio::awaitable<void> give_up_verifying(const std::string& why);
  boost::asio::awaitable<bool> apply_again(const std::string& undone_by);
  bool may_act() const { return !parts_.may_act || parts_.may_act(); }
  bool watching() const { return release_.phase != Phase::idle && !is_end(release_.phase); }
  void drain_requests();
  void start_release(const OperatorRequest& request, Instant now);
  boost::asio::awaitable<void> decide(const Verdict& verdict);
  boost::asio::awaitable<void> take(Event event, std::string why);
  boost::asio::awaitable<void> act();
  boost::asio::awaitable<bool> carry_out(std::size_t index, Instant deadline);
  boost::asio::awaitable<void> verify(const Verdict& verdict);
  boost::asio::awaitable<void> promote();
  void finish(const std::string& why);
  void tell_people();

  Action action_for(Purpose purpose, std::string id, Instant deadline) const;
  std::optional<std::string> rail_against_acting();
  Moment moment(const Verdict& verdict);
  void decided(const Verdict& verdict);
  void record(journal::EntryKind kind, std::string body);
  void checkpoint();
  void note(std::string what, std::string text);
  void emit(telemetry::EventKind kind, telemetry::Level level, std::string text);
  void step(std::string_view name) const;
  void show(const Batch& batch);
  void publish();

  GuardOptions options_;
  GuardParts parts_;
  boost::asio::steady_timer pause_;
  std::deque<OperatorRequest> requests_;
  std::optional<OperatorRequest> forced_;  // an operator's rollback: guard rails do not apply
  Release release_;
  std::vector<SequentialState> saved_states_;
  std::vector<std::string> failing_targets_;
  std::string release_trouble_;                  // why no release can be noticed; said once
  std::vector<std::string> discovery_troubles_;  // of the last round
  std::string arming_trouble_;
  Instant arm_again_at_{};
  struct Ended {
    Action action;
    bool passed = false;
  };
  std::vector<Ended> standing_down_;  // releases that are over, whose actuators have yet to be told
  GuardSnapshot snapshot_;
  std::optional<Incident> last_incident_;
  bool stopping_ = false;
  bool woken_ = false;  // a request waits: no pause before the next round
};

}  // namespace davy::guard
