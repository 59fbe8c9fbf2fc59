// The loop as a story: what happens in the town, and where the release stands afterwards.

#include "guard/guard.hpp"

#include "guard/record.hpp"
#include "tests/support/town.hpp"

#include <limits>

namespace davy::guard {
namespace {

using namespace std::chrono_literals;
using test::Watch;

}  // namespace

TEST_CASE("a failing canary is rolled back once and verified and told") {
  Watch watch;
  watch.rounds(3);
  watch.deploy();
  CHECK(watch.rounds(4) == Phase::watching);
  watch.town.canary_error_share = 0.5;
  CHECK(watch.rounds(1) == Phase::suspecting);
  CHECK(watch.rounds(1) == Phase::verifying);
  CHECK(watch.rounds(5) == Phase::healed);
  CHECK(watch.town.effective == std::vector<std::string>{"r1.rollback.1"});
  REQUIRE(watch.told.size() == 1);
  const Incident& incident = watch.told.front();
  CHECK(incident.verdict.sentence.find("errors: canary") == 0);
  CHECK(incident.actions.at(0).verified);
  CHECK(incident.onset_s.value() <= incident.detected_s.value());
  CHECK(incident.detected_s.value() <= incident.acted_s.value());
  CHECK(incident.acted_s.value() <= incident.recovered_s.value());
}

TEST_CASE("a healthy release passes at the end of its window and nothing is touched") {
  Watch watch;
  watch.deploy();
  CHECK(watch.rounds(24) == Phase::watching);
  CHECK(watch.rounds(2) == Phase::passed);
  CHECK(watch.town.asked.empty());
  CHECK(watch.told.size() == 1);
}

TEST_CASE("what was before is asked for once and never when a release goes on after a restart") {
  const auto start_and_stop = [](Watch& watch) {
    watch.guard->stop();
    const auto all = [&]() -> boost::asio::awaitable<int> {
      co_await watch.guard->run(false);
      co_return 0;
    };
    test::run(watch.loop, all());
  };
  Watch fresh;
  start_and_stop(fresh);
  CHECK(fresh.town.looked_back == 1);
  Watch resumed;
  resumed.deploy();
  resumed.rounds(3);
  resumed.boot();
  start_and_stop(resumed);
  CHECK(resumed.town.looked_back == 0);
}

TEST_CASE("an outage of both sides holds and ends inconclusive") {
  Watch watch;
  watch.town.canary_error_share = watch.town.baseline_error_share = 0.5;
  watch.deploy();
  CHECK(watch.rounds(8) == Phase::holding);
  CHECK(watch.rounds(18) == Phase::inconclusive);
  CHECK(watch.town.asked.empty());
}

TEST_CASE("S01 S38 targets that do not answer hold and never roll back by default") {
  Watch watch;
  watch.deploy();
  watch.rounds(5);
  watch.town.canary_up = watch.town.baseline_up = false;
  CHECK(watch.rounds(6) == Phase::holding);
  watch.town.canary_up = watch.town.baseline_up = true;
  CHECK(watch.rounds(3) == Phase::watching);
  CHECK(watch.town.asked.empty());
}

TEST_CASE("a canary without traffic is inconclusive and never healthy") {
  Watch watch;
  watch.town.canary_rps = 0;
  watch.deploy();
  CHECK(watch.rounds(26) == Phase::inconclusive);
}

TEST_CASE("a check may say for itself what no data means") {
  auto options = Watch::default_options();
  options.on_no_data["errors"] = Fallback::pass;
  Watch watch(1, options);
  watch.town.canary_rps = 0;
  watch.deploy();
  CHECK(watch.rounds(26) == Phase::passed);
}

TEST_CASE("an operator can hold and resume and roll back") {
  Watch watch;
  watch.deploy();
  watch.rounds(5);
  OperatorRequest request;
  request.kind = OperatorRequest::Kind::hold;
  watch.guard->request(request);
  CHECK(watch.rounds(1) == Phase::held);
  watch.town.canary_error_share = 0.9;
  CHECK(watch.rounds(4) == Phase::held);
  request.kind = OperatorRequest::Kind::rollback_now;
  request.who = "ada";
  request.reason = "customers call";
  watch.guard->request(request);
  CHECK(watch.rounds(1) == Phase::verifying);
  CHECK(watch.rounds(4) == Phase::healed);
  CHECK(watch.told.front().verdict.sentence == "ada asked for operator_rollback: customers call");
}

TEST_CASE("mode observe reports what it would have done") {
  auto options = Watch::default_options();
  options.observe_only = options.fallbacks.observe_only = true;
  Watch watch(1, options);
  watch.deploy();
  watch.town.canary_error_share = 0.5;
  CHECK(watch.rounds(8) == Phase::observed);
  CHECK(watch.town.asked.empty());
}

TEST_CASE("a second rollback within the cooldown needs a human") {
  Watch watch;
  watch.deploy("r1");
  watch.town.canary_error_share = 0.5;
  CHECK(watch.rounds(12) == Phase::healed);
  watch.town.canary_has_traffic = true;
  watch.deploy("r2");
  CHECK(watch.rounds(12) == Phase::needs_human);
  CHECK(watch.told.back().sentence.find("guard_rails.cooldown") != std::string::npos);
  CHECK(watch.town.effective.size() == 1);
}

TEST_CASE("a refused rollback needs a human and says what the deploy system said") {
  Watch watch;
  watch.town.refuses = true;
  watch.deploy();
  watch.town.canary_error_share = 0.5;
  CHECK(watch.rounds(8) == Phase::needs_human);
  CHECK(watch.told.front().sentence == "the rollback was not carried out: 403 Forbidden");
}

TEST_CASE("a deploy system that has moved on is not touched again") {
  Watch watch(2);
  watch.town.moved_on = true;
  watch.deploy();
  watch.town.canary_error_share = 0.5;
  CHECK(watch.rounds(8) == Phase::superseded);
  CHECK(watch.town.asked.size() == 1);
}

TEST_CASE("K26 an action that is accepted without effect falls to the next and then to a human") {
  Watch watch(2);
  watch.town.lies = true;
  watch.deploy();
  watch.town.canary_error_share = 0.5;
  CHECK(watch.rounds(26) == Phase::needs_human);
  CHECK(watch.town.asked == std::vector<std::string>{"r1.rollback.1", "r1.rollback.2"});
}

TEST_CASE("a newer release takes the place of the one being watched") {
  Watch watch;
  watch.deploy("r1");
  watch.rounds(3);
  watch.deploy("r2");
  CHECK(watch.rounds(1) == Phase::warming_up);
  CHECK(watch.told.front().end == Phase::superseded);
  CHECK(watch.guard->snapshot().release == "r2");
}

TEST_CASE("R01 to R11 a process that dies at any step resumes and has exactly one effect") {
  for (const char* point : {"R01", "R02", "R05", "R08", "R10", "R11"}) {
    CAPTURE(point);
    Watch watch;
    watch.deploy();
    watch.rounds(4);
    watch.town.canary_error_share = 0.5;
    watch.dies_at = point;
    bool died = false;
    for (int i = 0; i < 12 && !died; ++i) {
      try {
        watch.rounds(1);
      } catch (const Watch::Died&) {
        died = true;
      }
    }
    CHECK(died);
    watch.dies_at.clear();
    watch.clock.advance(3s);
    watch.boot();
    watch.rounds(14);
    CHECK(watch.town.effective == std::vector<std::string>{"r1.rollback.1"});
    REQUIRE_FALSE(watch.told.empty());
    CHECK(watch.told.back().end == Phase::healed);
  }
}

TEST_CASE("R09 between two actions of a plan it goes on with the second") {
  Watch watch(2);
  watch.town.refuses = true;
  watch.dies_at = "R09";
  watch.deploy();
  watch.town.canary_error_share = 0.5;
  CHECK_THROWS_AS(watch.rounds(8), Watch::Died);
  watch.dies_at.clear();
  watch.town.refuses = false;
  watch.boot();
  CHECK(watch.rounds(6) == Phase::healed);
  CHECK(watch.town.asked == std::vector<std::string>{"r1.rollback.1", "r1.rollback.2"});
}

TEST_CASE("T01 a step of the wall clock changes nothing") {
  Watch watch;
  watch.deploy();
  watch.rounds(4);
  watch.clock.step_wall(1h);
  CHECK(watch.rounds(3) == Phase::watching);
  watch.clock.step_wall(-2h);
  CHECK(watch.rounds(17) == Phase::watching);
  CHECK(watch.rounds(2) == Phase::passed);
}

TEST_CASE("the judge's state survives the journal bit for bit") {
  const CheckpointRecord record{
      {SequentialState{std::string("\0\x01\xff\"\\\n", 6)}, SequentialState{}, SequentialState{"abc"}}};
  const auto read = read_checkpoint(to_json(record)).value();
  REQUIRE(read.states.size() == 3);
  CHECK(read.states == record.states);
  CHECK(read_checkpoint("[]").has_error());
  CHECK(read_checkpoint(R"({"states":["0g"]})").has_error());
  CHECK(read_checkpoint(R"({"states":[[1]]})").has_error());
  CHECK(read_outcome("{").has_error());
}

}  // namespace davy::guard
