// What happens around a release besides judging it: actuators are asked when it begins, may hold it back
// meanwhile, and are told when it is over.

#include "tests/support/town.hpp"

namespace davy::guard {
namespace {

using namespace std::chrono_literals;
using rollback::Arming;
using telemetry::EventKind;
using telemetry::Level;
using test::Watch;

// A deploy system whose every answer the test gives, and what it was asked.
struct Desk {
  Result<Arming> arming = Arming();
  Duration arming_takes{};
  Result<std::string> paced = std::string();
  Result<std::string> stood_down = std::string();
  int fought = 0;               // how often somebody undoes the rollback
  std::vector<Error> refusals;  // of apply(), one after the other
  Duration apply_takes{};

  std::vector<Action> armed, applied;
  std::vector<bool> might_mark, passed;
  int paces = 0;
};

class DeskActuator final : public rollback::Actuator {
 public:
  DeskActuator(Desk& desk, test::FakeClock& clock, test::Town& town)
      : desk_(desk), clock_(clock), town_(town) {}
  std::string_view kind() const override { return "desk"; }

  boost::asio::awaitable<Result<Arming>> arm(const Action& action, bool may_mark) override {
    desk_.armed.push_back(action);
    desk_.might_mark.push_back(may_mark);
    clock_.advance(desk_.arming_takes);
    co_return desk_.arming;
  }
  boost::asio::awaitable<Result<std::string>> pace(const Action&) override {
    ++desk_.paces;
    co_return desk_.paced;
  }
  boost::asio::awaitable<Result<std::string>> stand_down(const Action&, bool passed) override {
    desk_.passed.push_back(passed);
    co_return desk_.stood_down;
  }
  boost::asio::awaitable<Result<DeployState>> observe(const Action*) override {
    DeployState state;
    if (!desk_.applied.empty() && desk_.fought > 0) {
      --desk_.fought;
      town_.canary_has_traffic = true;
      state.undone_by = "Argo CD application shop";
    }
    state.canary_serving = town_.canary_has_traffic;
    co_return state;
  }
  Result<ActionPreview> preview(const Action&) const override { return ActionPreview{"undo"}; }
  boost::asio::awaitable<Result<ActionOutcome>> apply(const Action& action) override {
    desk_.applied.push_back(action);
    clock_.advance(desk_.apply_takes);
    if (!desk_.refusals.empty()) {
      const Error why = desk_.refusals.front();
      desk_.refusals.erase(desk_.refusals.begin());
      co_return why;
    }
    town_.canary_has_traffic = false;
    co_return ActionOutcome{false, "undo", "done"};
  }

 private:
  Desk& desk_;
  test::FakeClock& clock_;
  test::Town& town_;
};

// A town with one desk for each action of the plan.
struct Office {
  explicit Office(int actions = 1, GuardOptions options = Watch::default_options())
      : desks(static_cast<std::size_t>(actions)),
        watch(actions, std::move(options), [this](int nth) -> std::unique_ptr<rollback::Actuator> {
          return std::make_unique<DeskActuator>(desks[static_cast<std::size_t>(nth)], clock(), town());
        }) {}

  test::FakeClock& clock() { return watch.clock; }
  test::Town& town() { return watch.town; }
  Desk& desk() { return desks.front(); }
  std::vector<telemetry::Event> said(EventKind kind, const std::string& text = "") const {
    std::vector<telemetry::Event> found;
    for (const telemetry::Event& event : watch.events) {
      if (event.kind == kind && event.text.find(text) != std::string::npos) found.push_back(event);
    }
    return found;
  }
  bool noted(const std::string& what, const std::string& text) const {
    const auto& timeline = watch.guard->snapshot().timeline;
    return std::any_of(timeline.begin(), timeline.end(), [&](const TimelineEntry& entry) {
      return entry.what == what && entry.text.find(text) != std::string::npos;
    });
  }

  std::vector<Desk> desks;
  Watch watch;
};

GuardOptions observing() {
  GuardOptions options = Watch::default_options();
  options.observe_only = options.fallbacks.observe_only = true;
  return options;
}

}  // namespace

TEST_CASE("what arming finds comes with every later action and survives a restart") {
  Office office;
  Arming arming;
  arming.facts = {{"uid", "u1"}, {"hash", "6d4f"}};
  office.desk().arming = arming;
  office.watch.deploy();
  office.watch.rounds(3);
  CHECK(office.desk().armed.size() == 1);
  CHECK(office.desk().might_mark == std::vector<bool>{true});
  office.watch.boot();
  office.town().canary_error_share = 0.5;
  CHECK(office.watch.rounds(12) == Phase::healed);
  CHECK(office.desk().armed.size() == 1);
  REQUIRE(office.desk().applied.size() == 1);
  CHECK(office.desk().applied[0].facts.at("uid") == "u1");
  CHECK(office.desk().applied[0].facts.at("hash") == "6d4f");
}

TEST_CASE(
    "K16 K17 K18 what would fail is said and shown when the release begins and not when it is too late") {
  Office office;
  Arming arming;
  arming.ready = false;
  arming.warnings = {"a rollback would be refused now:\nit is paused"};
  office.desk().arming = arming;
  office.watch.deploy();
  office.watch.rounds(3);
  CHECK_FALSE(office.watch.guard->snapshot().action_ready);
  CHECK(office.said(EventKind::arming, R"(desk: a rollback would be refused now:\nit is paused)").size() ==
        1);
  CHECK(office.noted("arming", "it is paused"));
}

TEST_CASE(
    "K01 a deploy system that is away at the deploy is asked again every round and complained of once") {
  Office office;
  office.desk().arming = Error(ErrorKind::unreachable, "connection refused");
  office.watch.deploy();
  office.watch.rounds(4);
  CHECK(office.desk().armed.size() == 4);
  CHECK(office.said(EventKind::arming, "desk cannot be asked yet: connection refused").size() == 1);
  CHECK_FALSE(office.watch.guard->snapshot().action_ready);
  office.desk().arming = Arming();
  office.watch.rounds(2);
  CHECK(office.desk().armed.size() == 5);
  CHECK(office.watch.guard->snapshot().action_ready);
}

TEST_CASE("K28 a deploy system that lets us wait is asked rarely so that judging goes on") {
  Office office;
  office.desk().arming = Error(ErrorKind::timed_out, "timed out (headers)");
  office.desk().arming_takes = 10s;
  office.watch.deploy();
  office.watch.rounds(10);
  CHECK(office.desk().armed.size() == 1);
  office.watch.rounds(2);
  CHECK(office.desk().armed.size() == 2);
  office.town().canary_error_share = 0.5;
  CHECK(office.watch.rounds(8) == Phase::healed);
}

TEST_CASE("whoever does not lead arms and paces nothing") {
  Office office;
  office.watch.leads = false;
  office.watch.deploy();
  office.watch.rounds(3);
  CHECK(office.desk().armed.empty());
  CHECK(office.desk().paces == 0);
  office.watch.leads = true;
  office.watch.rounds(1);
  CHECK(office.desk().armed.size() == 1);
  CHECK(office.desk().paces == 1);
}

TEST_CASE("a rollout is held back every round until the decision and what was done is told") {
  Office office;
  office.desk().paced = std::string("paused with 1 of 4 new pods ready");
  office.watch.deploy();
  office.watch.rounds(1);
  CHECK(office.noted("paced", "1 of 4"));
  office.desk().paced = Error(ErrorKind::unavailable, "503 on a pause");
  office.watch.rounds(2);
  CHECK(office.said(EventKind::arming, "503 on a pause").size() == 2);
  CHECK(office.desk().paces == 3);
  office.desk().paced = std::string();
  office.town().canary_error_share = 0.5;
  CHECK(office.watch.rounds(12) == Phase::healed);
  const int paces = office.desk().paces;
  office.watch.rounds(3);
  CHECK(office.desk().paces == paces);
}

TEST_CASE("mode observe asks without leaving marks and holds nothing back") {
  Office office(1, observing());
  office.watch.deploy();
  office.watch.rounds(3);
  CHECK(office.desk().might_mark == std::vector<bool>{false});
  CHECK(office.desk().paces == 0);
  office.watch.rounds(25);
  CHECK(office.desk().passed.empty());
}

TEST_CASE("who is told that a release is over depends on how it ended") {
  {
    Office office;
    office.watch.deploy();
    CHECK(office.watch.rounds(28) == Phase::passed);
    CHECK(office.desk().passed == std::vector<bool>{true});
  }
  {
    Office office;
    office.watch.deploy("r1");
    office.watch.rounds(3);
    office.watch.deploy("r2");
    office.watch.rounds(2);
    CHECK(office.desk().passed == std::vector<bool>{false});
  }
  {
    Office office;  // healed: the undo has taken the pause back itself
    office.watch.deploy();
    office.town().canary_error_share = 0.5;
    CHECK(office.watch.rounds(14) == Phase::healed);
    CHECK(office.desk().passed.empty());
  }
  {
    Office office;  // undecided: a human decides
    office.town().canary_rps = 0;
    office.watch.deploy();
    CHECK(office.watch.rounds(28) == Phase::inconclusive);
    CHECK(office.desk().passed.empty());
  }
}

TEST_CASE("a stand-down that fails is said loudly") {
  Office office;
  office.desk().stood_down = Error(ErrorKind::denied, "403: cannot resume");
  office.watch.deploy();
  office.watch.rounds(28);
  const auto said = office.said(EventKind::arming, "403: cannot resume");
  REQUIRE(said.size() == 1);
  CHECK(said[0].level == Level::error);
}

TEST_CASE("K22 a rollback that somebody undoes is made once more") {
  Office office;
  office.desk().fought = 1;
  office.watch.deploy();
  office.town().canary_error_share = 0.5;
  CHECK(office.watch.rounds(14) == Phase::healed);
  REQUIRE(office.desk().applied.size() == 2);
  CHECK(office.desk().applied[0].id == office.desk().applied[1].id);
  const auto said = office.said(EventKind::action_retry, "Argo CD application shop has undone the rollback");
  REQUIRE(said.size() == 1);
  CHECK(said[0].level == Level::error);
}

TEST_CASE("K22 and not for ever") {
  Office office;
  office.desk().fought = 1000;
  office.watch.deploy();
  office.town().canary_error_share = 0.5;
  CHECK(office.watch.rounds(14) == Phase::needs_human);
  CHECK(office.desk().applied.size() == 2);
  CHECK(office.watch.told.back().sentence.find(
            "has undone it again; the version has to go back at its source") != std::string::npos);
}

TEST_CASE("K01 a deploy system that has not taken a rollback after half a minute is somebody's business") {
  Office office;
  // Waiting between attempts is in real time, so the town's clock must not lag behind it.
  office.clock().advance(std::chrono::steady_clock::now() - office.clock().now());
  office.desk().refusals = {Error(ErrorKind::unavailable, "503"), Error(ErrorKind::unavailable, "503 again")};
  office.desk().apply_takes = 16s;
  office.watch.deploy();
  office.town().canary_error_share = 0.5;
  CHECK(office.watch.rounds(14) == Phase::healed);
  const auto said = office.said(EventKind::action_retry);
  REQUIRE(said.size() == 2);
  CHECK(said[0].level == Level::warning);
  CHECK(said[1].level == Level::error);
  CHECK(said[1].text.find("503 again; again in ") == 0);
}

TEST_CASE("K09 K10 K15 what no patience cures goes to the next action and both answers are kept") {
  Office office(2);
  office.desks[0].refusals = {Error(ErrorKind::denied, "403: cannot patch deployments", "forbidden")};
  office.watch.deploy();
  office.town().canary_error_share = 0.5;
  CHECK(office.watch.rounds(14) == Phase::healed);
  CHECK(office.desks[0].applied.size() == 1);
  CHECK(office.desks[1].applied.size() == 1);
  const Incident& incident = office.watch.told.back();
  REQUIRE(incident.actions.size() == 2);
  CHECK(incident.actions[0].answer == "403: cannot patch deployments");
  CHECK_FALSE(incident.actions[0].accepted);
  CHECK(office.said(EventKind::action_failed)[0].level == Level::error);
}

TEST_CASE("what is wrong with discovery is said when it begins and not every round") {
  Office office;
  office.town().discovery_problem = "what is known of the pods may be old: 503";
  office.watch.rounds(5);
  CHECK(office.said(EventKind::discovery_failed).size() == 1);
  office.town().discovery_problem.clear();
  office.watch.rounds(1);
  office.town().discovery_problem = "what is known of the pods may be old: 503";
  office.watch.rounds(2);
  CHECK(office.said(EventKind::discovery_failed).size() == 2);
}

}  // namespace davy::guard
