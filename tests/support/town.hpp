#pragma once

// A small town for the guard's loop: a canary and two baseline instances with traffic, a deploy system that
// can take the canary out, a clock that moves by hand. No sockets, no files.

#include "collector/metric_source.hpp"
#include "core/journal/memory_journal.hpp"
#include "guard/guard.hpp"
#include "judge/threshold/threshold.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/run.hpp"

#include <doctest/doctest.h>

namespace davy::test {

// What happens in the town; the fakes read it, the tests change it.
struct Town {
  double canary_error_share = 0;
  double baseline_error_share = 0;
  double canary_rps = 20;
  double baseline_rps = 90;  // each of two
  bool canary_up = true;
  bool baseline_up = true;
  std::string discovery_problem;  // empty: none
  int looked_back = 0;            // how often the source was asked for what was before

  // The deploy system.
  std::vector<std::string> asked;      // action ids, each time it was asked
  std::vector<std::string> effective;  // ids that changed something
  bool refuses = false;                // final
  bool moved_on = false;               // 412
  bool lies = false;                   // says yes, does nothing
  bool reads_back = true;
  bool canary_has_traffic = true;
};

class TownSource final : public collector::MetricSource {
 public:
  TownSource(Town& town, const Clock& clock) : town_(town), clock_(clock) {
    for (const char* name : {"canary", "stable-1", "stable-2"}) places_.push_back(Place(name));
  }

  boost::asio::awaitable<Batch> collect(Instant now) override {
    const double dt = last_ ? seconds(clock_.now() - *last_) : 0;
    last_ = clock_.now();
    Batch batch;
    batch.at = now;
    for (Place& place : places_) {
      const bool canary = place.name == "canary";
      const double rps = canary ? (town_.canary_has_traffic ? town_.canary_rps : 0) : town_.baseline_rps;
      const double share = canary ? town_.canary_error_share : town_.baseline_error_share;
      place.good += rps * dt * (1 - share);
      place.bad += rps * dt * share;
      TargetReading reading;
      reading.target = reading.url = "http://" + place.name + "/metrics";
      (canary ? reading.for_canary : reading.for_baseline) = true;
      reading.at = now;
      if (canary ? town_.canary_up : town_.baseline_up) {
        reading.samples = {Sample{place.ok, place.good, {}}, Sample{place.failed, place.bad, {}}};
        reading.sample_count = 2;
      } else {
        reading.problem =
            Error(ErrorKind::unreachable, "scrape " + reading.url + ": connection refused", "refused");
      }
      batch.readings.push_back(std::move(reading));
    }
    if (!town_.discovery_problem.empty())
      batch.problems.emplace_back(ErrorKind::unavailable, town_.discovery_problem);
    co_return batch;
  }
  boost::asio::awaitable<std::vector<Batch>> history(Instant) override {
    ++town_.looked_back;
    co_return std::vector<Batch>();
  }

 private:
  struct Place {
    explicit Place(std::string n) : name(std::move(n)) {
      ok = std::make_shared<Series>(Series{"requests_total", Labels{{"code", "200"}}, MetricType::counter});
      failed =
          std::make_shared<Series>(Series{"requests_total", Labels{{"code", "500"}}, MetricType::counter});
    }
    std::string name;
    double good = 0, bad = 0;
    SeriesRef ok, failed;
  };

  Town& town_;
  const Clock& clock_;
  std::optional<Instant> last_;
  std::vector<Place> places_;
};

class TownDeploys final : public rollback::Actuator {
 public:
  explicit TownDeploys(Town& town) : town_(town) {}
  std::string_view kind() const override { return "town"; }

  boost::asio::awaitable<Result<DeployState>> observe(const Action*) override {
    DeployState state;
    state.summary = town_.canary_has_traffic ? "canary weight 10" : "canary weight 0";
    if (town_.reads_back) state.canary_serving = town_.canary_has_traffic;
    co_return state;
  }
  Result<ActionPreview> preview(const Action&) const override { return ActionPreview{"take the canary out"}; }

  boost::asio::awaitable<Result<ActionOutcome>> apply(const Action& action) override {
    town_.asked.push_back(action.id);
    if (town_.refuses) co_return Error(ErrorKind::denied, "403 Forbidden");
    if (town_.moved_on) co_return Error(ErrorKind::conflict, "412: revision 43 is deployed");
    const bool known = std::count(town_.effective.begin(), town_.effective.end(), action.id) > 0;
    if (!town_.lies && !known) {
      town_.effective.push_back(action.id);
      town_.canary_has_traffic = false;
    }
    ActionOutcome outcome;
    outcome.already_done = known;
    outcome.what = "take the canary out";
    outcome.answer = "done";
    co_return outcome;
  }

 private:
  Town& town_;
};

// A journal that outlives one guard, as a file would.
class SharedJournal final : public journal::Journal {
 public:
  explicit SharedJournal(journal::Journal& journal) : journal_(journal) {}
  Result<void> append(const journal::Entry& entry) override { return journal_.append(entry); }
  Result<std::vector<journal::Entry>> of_release(std::string_view s, std::string_view r) override {
    return journal_.of_release(s, r);
  }
  Result<std::vector<journal::Entry>> of_kind(std::string_view s, journal::EntryKind k, WallTime t) override {
    return journal_.of_kind(s, k, t);
  }
  Result<std::string> unfinished_release(std::string_view s) override {
    return journal_.unfinished_release(s);
  }
  Result<void> prune(WallTime t) override { return journal_.prune(t); }

 private:
  journal::Journal& journal_;
};

class Watch {
 public:
  // The nth action of the plan; the town's own where a test brings none.
  using MakeAction = std::function<std::unique_ptr<rollback::Actuator>(int nth)>;

  explicit Watch(int actions = 1, guard::GuardOptions options = default_options(), MakeAction make = {})
      : actions_(actions),
        options_(std::move(options)),
        make_(std::move(make)),
        journal_(journal::make_memory_journal()) {
    boot();
  }

  static guard::GuardOptions default_options() {
    using namespace std::chrono_literals;
    guard::GuardOptions options;
    options.service = "checkout";
    options.window = 2min;
    options.warmup = 10s;
    options.fallbacks.blind_after = 20s;
    options.rails.verify_for = 30s;
    return options;
  }

  // As a new process would: same journal, same town, everything else anew.
  void boot() {
    Check check;
    check.name = "errors";
    SelectorProblem ignored;
    check.errors = *parse_selector("requests_total{code=\"500\"}", ignored);
    check.total = *parse_selector("requests_total", ignored);
    check.max = 0.05;
    check.lookback = std::chrono::seconds(10);
    guard::GuardParts parts;
    parts.executor = loop.get_executor();
    parts.clock = std::shared_ptr<const Clock>(&clock, [](const Clock*) {});
    parts.source = std::make_unique<TownSource>(town, clock);
    SideSpec baseline;
    baseline.min_targets = 1;
    parts.windows = std::make_unique<collector::WindowBuilder>(
        *collector::WindowBuilder::create({check}, {}, baseline, {options_.warmup, options_.window}));
    const std::map<Severity, Response> responses{{Severity::p1, Response::rollback}};
    parts.judge = std::make_unique<judge::Judge>(std::vector<Check>{check}, responses, judge::make_threshold);
    for (int i = 0; i < actions_; ++i)
      parts.rollback.push_back(make_ ? make_(i) : std::make_unique<TownDeploys>(town));
    parts.journal = std::make_unique<SharedJournal>(*journal_);
    parts.tell = [this](const Incident& incident) { told.push_back(incident); };
    parts.emit = [this](const telemetry::Event& event) { events.push_back(event); };
    parts.may_act = [this] { return leads; };
    parts.at_step = [this](std::string_view step) {
      if (!dies_at.empty() && step == dies_at) throw Died();
    };
    guard = std::make_unique<guard::Guard>(options_, std::move(parts));
    REQUIRE(guard->recover().has_value());
  }

  void deploy(const std::string& release = "r1") {
    OperatorRequest request;
    request.kind = OperatorRequest::Kind::start_release;
    request.release = release;
    guard->request(request);
  }

  // Rounds five seconds apart.
  Phase rounds(int n) {
    for (int i = 0; i < n; ++i) {
      const auto one = [this]() -> boost::asio::awaitable<int> {
        co_await guard->round();
        co_return 0;
      };
      run(loop, one());
      clock.advance(std::chrono::seconds(5));
    }
    return guard->snapshot().phase;
  }

  struct Died {};

  boost::asio::io_context loop;
  FakeClock clock;
  Town town;
  std::unique_ptr<guard::Guard> guard;
  std::vector<Incident> told;
  std::vector<telemetry::Event> events;
  std::string dies_at;
  bool leads = true;

 private:
  int actions_;
  guard::GuardOptions options_;
  MakeAction make_;
  std::unique_ptr<journal::Journal> journal_;
};

}  // namespace davy::test
