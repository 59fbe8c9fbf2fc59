#include "tests/support/rounds.hpp"

#include <limits>

using namespace davy;
using namespace davy::test;
using namespace std::chrono_literals;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// latency_seconds buckets at 0.1, 0.5 and +Inf, cumulative.
std::string buckets(double fast, double slow, double all, const std::string& labels = "") {
  const auto line = [&](const char* le, double value) {
    return "latency_seconds_bucket{" + labels + "le=\"" + le + "\"} " + std::to_string(value) + "\n";
  };
  return line("0.1", fast) + line("0.5", slow) + line("+Inf", all);
}

}  // namespace

TEST_CASE("a histogram's tick holds the increase of each bin") {
  Rounds rounds({latency_check()});
  rounds.deploy().canary("c", buckets(10, 20, 30)).go();
  rounds.canary("c", buckets(15, 28, 40)).go();
  CHECK(rounds.window("latency").bounds == std::vector<double>{0.1, 0.5, infinity});
  CHECK(rounds.canary_tick("latency").buckets == std::vector<double>{5, 3, 2});
  CHECK(rounds.canary_tick("latency").total == 10);
}

TEST_CASE("a histogram in milliseconds is judged in seconds") {
  Check check = latency_check();
  check.units_per_second = 1000;
  Rounds rounds({check});
  const auto body = [](double fast, double all) {
    return "latency_seconds_bucket{le=\"5\"} " + std::to_string(fast) +
           "\nlatency_seconds_bucket{le=\"+Inf\"} " + std::to_string(all) + "\n";
  };
  rounds.deploy().canary("c", body(1, 2)).go();
  rounds.canary("c", body(3, 5)).go();
  CHECK(rounds.window("latency").bounds == std::vector<double>{0.005, infinity});
  CHECK(rounds.canary_tick("latency").buckets == std::vector<double>{2, 1});
}

TEST_CASE("a histogram of several label sets adds up") {
  Rounds rounds({latency_check()});
  rounds.deploy().canary("c", buckets(1, 2, 3, "route=\"a\",") + buckets(1, 1, 1, "route=\"b\",")).go();
  rounds.canary("c", buckets(2, 4, 6, "route=\"a\",") + buckets(1, 1, 2, "route=\"b\",")).go();
  CHECK(rounds.canary_tick("latency").buckets == std::vector<double>{1, 1, 2});
}

TEST_CASE("S26 a histogram that makes no sense is rejected with its reason and gives no data") {
  Rounds rounds({latency_check()});
  rounds.deploy().canary("c", buckets(10, 20, 30)).go();
  std::string body;
  SUBCASE("a bucket below the one before it") { body = buckets(30, 20, 40); }
  SUBCASE("no +Inf bucket") { body = "latency_seconds_bucket{le=\"0.1\"} 30\n"; }
  SUBCASE("le that is not a number") {
    body = buckets(11, 21, 31) + "latency_seconds_bucket{le=\"NaN\"} 5\n";
  }
  rounds.canary("c", body).go();
  CHECK_FALSE(rounds.canary_tick("latency").present);
  CHECK_FALSE(rounds.window("latency").canary.series_found);
  REQUIRE(rounds.window("latency").canary.problem.has_value());
  CHECK(rounds.window("latency").canary.problem->cause() == "histogram");
}

TEST_CASE("S27 a change of the bucket layout ends what was counted in the old one") {
  Rounds rounds({latency_check()});
  rounds.deploy().canary("c", buckets(10, 20, 30)).go();
  rounds.canary("c", buckets(11, 21, 31)).go();
  CHECK(rounds.canary_tick("latency").present);
  const std::string other = "latency_seconds_bucket{le=\"0.2\"} 5\nlatency_seconds_bucket{le=\"+Inf\"} 40\n";
  rounds.canary("c", other).go();
  CHECK(rounds.window("latency").bounds == std::vector<double>{0.2, infinity});
  for (const Tick& tick : rounds.window("latency").ticks) CHECK_FALSE(tick.canary[0].present);
  rounds.canary("c", "latency_seconds_bucket{le=\"0.2\"} 6\nlatency_seconds_bucket{le=\"+Inf\"} 43\n").go();
  CHECK(rounds.canary_tick("latency").buckets == std::vector<double>{1, 2});
}

TEST_CASE("S27 sides with different layouts are compared in the bounds they share") {
  Rounds rounds({latency_check()});
  const auto wide = [](double a, double b) {
    return "latency_seconds_bucket{le=\"0.5\"} " + std::to_string(a) +
           "\nlatency_seconds_bucket{le=\"+Inf\"} " + std::to_string(b) + "\n";
  };
  rounds.deploy().canary("c", wide(5, 9)).baseline("b", buckets(10, 20, 30)).go();
  rounds.canary("c", wide(6, 11)).baseline("b", buckets(14, 26, 37)).go();
  CHECK(rounds.window("latency").bounds == std::vector<double>{0.5, infinity});
  CHECK(rounds.canary_tick("latency").buckets == std::vector<double>{1, 1});
  CHECK(rounds.baseline_tick("latency").buckets == std::vector<double>{6, 1});
}

TEST_CASE("a gauge's tick holds the reading and an instance's parts add up") {
  Rounds rounds({gauge_check()});
  rounds.deploy().canary("c", "memory_bytes 1\n").go();
  rounds.canary("c", "memory_bytes{area=\"heap\"} 100\nmemory_bytes{area=\"other\"} 20\n").go();
  CHECK(rounds.canary_tick("memory").value == 120);
  CHECK(rounds.canary_tick("memory").total == 1);
}

TEST_CASE("both sides may live in one target and members be values of a label") {
  SideSpec canary;
  canary.where = select("{server=~\"canary.*\"}");
  canary.members = "server";
  SideSpec baseline = canary;
  baseline.where = select("{server=~\"stable.*\"}");
  Rounds rounds({ratio_check()}, {0s, 10min}, canary, baseline);
  const auto body = [](int n) {
    std::string out;
    for (const char* server : {"canary-1", "stable-1", "stable-2"}) {
      out +=
          std::string("requests_total{code=\"200\",server=\"") + server + "\"} " + std::to_string(n) + "\n";
      n *= 2;
    }
    return out + "requests_total{code=\"200\",server=\"FRONTEND\"} 999999\n";
  };
  rounds.deploy().both("haproxy", body(10)).go();
  rounds.both("haproxy", body(15)).go();
  CHECK(rounds.window("errors").canary.members == std::vector<std::string>{"canary-1"});
  CHECK(rounds.window("errors").baseline.members == std::vector<std::string>{"stable-1", "stable-2"});
  CHECK(rounds.canary_tick("errors").total == 5);
  CHECK(rounds.baseline_tick("errors", 0).total == 10);
  CHECK(rounds.baseline_tick("errors", 1).total == 20);
  CHECK(rounds.window("errors").canary.targets == 1);
}

TEST_CASE("ticks before the deploy are history for five minutes and are not judged") {
  Rounds rounds({ratio_check()}, {0s, 10min});
  for (int i = 0; i < 120; ++i) rounds.baseline("b", requests(i * 10, 0)).go();
  CHECK(rounds.window("errors").ticks.size() <= 61);
  rounds.deploy();
  rounds.baseline("b", requests(2000, 0)).go();
  CHECK_FALSE(rounds.window("errors").ticks.front().judged);
  CHECK(rounds.window("errors").ticks.back().judged);
  CHECK(rounds.window("errors").deployed_at == rounds.now() - 5s);
}

TEST_CASE("a release declared late judges the ticks that came after its deploy") {
  Rounds rounds({ratio_check()}, {0s, 10min});
  const Instant start = rounds.now();
  for (int i = 0; i < 10; ++i) rounds.canary("c", requests(i * 10, 0)).go();
  rounds.builder().start_release(start + 20s);
  int judged = 0;
  for (const Tick& tick : rounds.window("errors").ticks) judged += tick.judged ? 1 : 0;
  CHECK(judged == 6);
}

TEST_CASE("S40 the warm-up after a deploy excludes both sides") {
  Rounds rounds({ratio_check()}, {10s, 10min});
  rounds.deploy();
  for (int i = 0; i < 5; ++i) {
    rounds.canary("c", started(1) + requests(i * 10, i)).baseline("b", started(1) + requests(i * 10, i)).go();
    const auto& ticks = rounds.window("errors").ticks;
    if (ticks.empty()) continue;
    CHECK(ticks.back().judged == (i >= 2));
    CHECK(ticks.back().canary[0].present ==
          (i == 1 || i >= 3));  // shown while warming up, left out when judged
    CHECK(ticks.back().baseline[0].present == ticks.back().canary[0].present);
  }
}

TEST_CASE("S32 a side says how many targets it has and how many answered") {
  SideSpec baseline;
  baseline.min_targets = 2;
  Rounds rounds({ratio_check()}, {0s, 10min}, {}, baseline);
  for (int i = 0; i < 10; ++i) rounds.baseline("b" + std::to_string(i), requests(1, 0));
  rounds.go();
  CHECK(rounds.window("errors").baseline.targets_up == 10);
  rounds.baseline("b0", requests(2, 0)).go();
  const SideSight& sight = rounds.window("errors").baseline;
  CHECK(sight.targets == 1);
  CHECK(sight.targets_up == 1);
  CHECK(sight.targets_min == 2);
}

TEST_CASE("S37 a target that answers every second time is present in every second tick") {
  Rounds rounds({ratio_check()});
  rounds.deploy().canary("c", requests(0, 0)).go();
  int present = 0;
  for (int i = 1; i <= 20; ++i) {
    if (i % 2 == 0) {
      rounds.canary("c", requests(i * 10, 0)).go();
    } else {
      rounds.down("c", true).go();
    }
    present += rounds.canary_tick("errors").present ? 1 : 0;
  }
  CHECK(present == 10);
  CHECK(rounds.canary_tick("errors").total == 20);
}

TEST_CASE("S38 when no target answers both sides say since when they are blind and why") {
  Rounds rounds({ratio_check()});
  rounds.deploy().canary("c", requests(1, 0)).baseline("b", requests(1, 0)).go();
  rounds.down("c", true).down("b", false).go().down("c", true).down("b", false).go();
  for (const SideSight* sight : {&rounds.window("errors").canary, &rounds.window("errors").baseline}) {
    CHECK(sight->targets_up == 0);
    CHECK(sight->blind_for == 10s);
    CHECK(sight->problem->kind() == ErrorKind::unreachable);
    CHECK_FALSE(sight->series_found);
  }
}

TEST_CASE("S39 when only the baseline is down the canary is still seen") {
  Rounds rounds({ratio_check()});
  rounds.deploy().canary("c", requests(1, 0)).baseline("b", requests(1, 0)).go();
  rounds.canary("c", requests(11, 2)).down("b", false).go();
  CHECK(rounds.canary_tick("errors").total == 12);
  CHECK_FALSE(rounds.window("errors").canary.blind_for.has_value());
  CHECK(rounds.window("errors").baseline.blind_for == 5s);
}

TEST_CASE("slices tell where the canary is worse and stay few") {
  Check check = ratio_check();
  check.by = {"route"};
  Rounds rounds({check});
  const auto body = [](int round, int bad_pay) {
    std::string out;
    for (int i = 0; i < 30; ++i) {
      out += "requests_total{code=\"200\",route=\"/r" + std::to_string(i) + "\"} " +
             std::to_string(round * 10) + "\n";
    }
    return out + "requests_total{code=\"500\",route=\"/r7\"} " + std::to_string(bad_pay) + "\n";
  };
  rounds.deploy().canary("c", body(1, 0)).baseline("b", body(1, 0)).go();
  rounds.canary("c", body(2, 5)).baseline("b", body(2, 0)).go();
  const auto& slices = rounds.window("errors").slices;
  REQUIRE(slices.size() == slices_max);
  CHECK(slices[0].value == "route=\"/r7\"");
  CHECK(slices[0].canary_total == 15);
  CHECK(slices[0].canary_bad == 5);
  CHECK(slices[0].baseline_bad == 0);
}

TEST_CASE("members that are long gone make room and the others keep their numbers") {
  Rounds rounds({ratio_check()});
  for (int round = 0; round < 400; ++round) {
    rounds.baseline("pod-" + std::to_string(round), requests(round, 0))
        .baseline("stays", requests(round * 3, 0))
        .go();
  }
  const Window& window = rounds.window("errors");
  CHECK(window.baseline.members.size() < 150);
  for (const Tick& tick : window.ticks) CHECK(tick.baseline.size() == window.baseline.members.size());
  const auto stays = std::find(window.baseline.members.begin(), window.baseline.members.end(), "stays");
  REQUIRE(stays != window.baseline.members.end());
  CHECK(rounds.baseline_tick("errors", static_cast<std::size_t>(stays - window.baseline.members.begin()))
            .total == 3);
}

TEST_CASE("an expression that RE2 cannot read is an error with the check's name") {
  Check check = ratio_check();
  check.errors = select("requests_total{code=~\"5(\"}");
  const auto builder = collector::WindowBuilder::create({check}, {}, {}, {});
  REQUIRE_FALSE(builder.has_value());
  CHECK(builder.error().message().starts_with("check errors: '5(' is not a regular expression (RE2): "));
}
