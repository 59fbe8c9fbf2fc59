// What the platform says of instances, and a baseline that the release has replaced.

#include "tests/support/rounds.hpp"

namespace davy::collector {
namespace {

using namespace std::chrono_literals;
using test::Rounds;

std::vector<double> baseline_totals(const Window& window) {
  std::vector<double> totals;
  for (const Tick& tick : window.ticks) {
    double total = 0;
    for (const MemberTick& member : tick.baseline) total += member.present ? member.total : 0;
    totals.push_back(total);
  }
  return totals;
}

}  // namespace

TEST_CASE("a restarts check needs no target that answers") {
  Rounds rounds({test::restarts_check()});
  rounds.instance("pod/b1", false, 3).go().deploy();
  rounds.instance("pod/b1", false, 3).instance("pod/c1", true, 0, "ImagePullBackOff").go();
  rounds.instance("pod/b1", false, 4).instance("pod/c1", true, 2, "CrashLoopBackOff").go();
  const Window& window = rounds.window("restarts");
  CHECK(window.canary.members == std::vector<std::string>{"pod/c1"});
  REQUIRE(window.ticks.size() == 2);
  // A trouble that lasts is one failure more than the restarts that it has caused so far.
  CHECK(window.ticks[0].canary[0].value == 1);
  CHECK(window.ticks[1].canary[0].value == 3);
  CHECK(window.ticks[1].baseline[0].value == 4);
  CHECK(window.canary.trouble == "CrashLoopBackOff");
  CHECK(window.baseline.trouble.empty());
  rounds.instance("pod/c1", true, 2).go();
  CHECK(window.canary.trouble.empty());
  CHECK_FALSE(window.ticks.back().baseline.at(0).present);
}

TEST_CASE("a baseline that was replaced is remembered newest first and each tick once") {
  Rounds rounds({test::ratio_check()});
  double sum = 0;
  for (const double gain : {0.0, 10.0, 20.0, 30.0}) rounds.baseline("b", test::requests(sum += gain, 0)).go();
  rounds.deploy();
  rounds.baseline("b", test::requests(sum += 40, 0)).canary("c", test::requests(0, 0)).go();
  const Window& window = rounds.window("errors");
  CHECK_FALSE(window.baseline.replaced_for);
  double canary = 0;
  for (int i = 0; i < 6; ++i) {
    rounds.canary("c", test::requests(canary += 5, 0)).replaced().go();
    CAPTURE(i);
    CHECK(window.baseline.remembered == (i < 4));
    CHECK(window.baseline.replaced_for == std::chrono::seconds(5 * i));
    CHECK(sees(window.baseline));
  }
  CHECK(baseline_totals(window) == std::vector<double>{10, 20, 30, 40, 40, 30, 20, 10, 0, 0});
}

TEST_CASE("a baseline that comes back counts for itself and is remembered anew when it goes again") {
  Rounds rounds({test::ratio_check()});
  rounds.baseline("b", test::requests(0, 0)).go().baseline("b", test::requests(10, 0)).go();
  rounds.deploy();
  rounds.replaced().go().replaced().go();
  rounds.baseline("b", test::requests(15, 0)).go();
  const Window& window = rounds.window("errors");
  CHECK_FALSE(window.baseline.replaced_for);
  CHECK_FALSE(window.baseline.remembered);
  rounds.replaced().go();
  CHECK(window.baseline.remembered);
}

TEST_CASE("without a release or without a past nothing is remembered") {
  Rounds rounds({test::ratio_check()});
  rounds.baseline("b", test::requests(0, 0)).go().baseline("b", test::requests(10, 0)).go();
  rounds.replaced().go();
  CHECK_FALSE(rounds.window("errors").baseline.replaced_for);
  CHECK_FALSE(rounds.window("errors").baseline.remembered);
  Rounds fresh({test::ratio_check()});
  fresh.canary("c", test::requests(0, 0)).go().deploy().replaced().go();
  CHECK_FALSE(fresh.window("errors").baseline.remembered);
  CHECK(fresh.window("errors").baseline.replaced_for.has_value());
}

}  // namespace davy::collector
