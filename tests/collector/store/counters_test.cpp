#include "tests/support/rounds.hpp"

using namespace davy;
using namespace davy::test;
using namespace std::chrono_literals;

TEST_CASE("a tick holds what was gained between two rounds and a first scrape gains nothing") {
  Rounds rounds({ratio_check()});
  rounds.deploy().canary("c", requests(1000, 50)).go();
  CHECK(rounds.window("errors").ticks.empty());
  rounds.canary("c", requests(1090, 60)).go();
  REQUIRE(rounds.window("errors").ticks.size() == 1);
  CHECK(rounds.canary_tick("errors").present);
  CHECK(rounds.canary_tick("errors").total == 100);
  CHECK(rounds.canary_tick("errors").bad == 10);
  CHECK(rounds.window("errors").ticks.back().length == 5s);
}

TEST_CASE("an error series that appears in a known process counts from zero") {
  Rounds rounds({ratio_check()});
  rounds.deploy().canary("c", "requests_total{code=\"200\"} 100\n").go();
  rounds.canary("c", requests(110, 7)).go();
  CHECK(rounds.canary_tick("errors").total == 17);
  CHECK(rounds.canary_tick("errors").bad == 7);
}

TEST_CASE("a series that vanishes and comes back goes on from where it was") {
  Rounds rounds({ratio_check()});
  rounds.deploy().canary("c", requests(100, 40)).go();
  rounds.canary("c", "requests_total{code=\"200\"} 110\n").go();
  rounds.canary("c", requests(120, 41)).go();
  CHECK(rounds.canary_tick("errors").bad == 1);
}

TEST_CASE("missed scrapes are summed up by the next good one") {
  Rounds rounds({ratio_check()});
  rounds.deploy().canary("c", requests(100, 0)).go();
  rounds.down("c", true).go();
  CHECK_FALSE(rounds.canary_tick("errors").present);
  rounds.down("c", true).go();
  rounds.canary("c", requests(400, 3)).go();
  CHECK(rounds.canary_tick("errors").total == 303);
  CHECK(rounds.canary_tick("errors").bad == 3);
}

TEST_CASE("after a gap of more than five minutes counting starts anew") {
  Rounds rounds({ratio_check()});
  rounds.deploy().canary("c", requests(100, 0)).go();
  rounds.canary("c", requests(90000, 80000)).go(6min);
  CHECK_FALSE(rounds.canary_tick("errors").present);
}

TEST_CASE("more errors than events in a torn scrape are no more than all events") {
  Check check = ratio_check();
  check.errors = select("failures_total");
  Rounds rounds({check});
  rounds.deploy().canary("c", "requests_total 100\nfailures_total 0\n").go();
  rounds.canary("c", "requests_total 103\nfailures_total 5\n").go();
  CHECK(rounds.canary_tick("errors").total == 3);
  CHECK(rounds.canary_tick("errors").bad == 3);
}

TEST_CASE("S24 of two duplicate samples in text the first counts and the second is counted as such") {
  collector::ReadingSink sink({.all = true, .names = {}}, {});
  const auto text =
      sink.read("a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\"} 2\n", collector::ExpositionFormat::text, {});
  REQUIRE(text.has_value());
  REQUIRE(text->samples.size() == 1);
  CHECK(text->samples[0].value == 1);
  CHECK(text->duplicates == 1);
}

TEST_CASE("S24 two duplicate samples in OpenMetrics are an error") {
  collector::ReadingSink sink({.all = true, .names = {}}, {});
  const auto result =
      sink.read("a{x=\"1\"} 1\na{x=\"1\"} 2\n# EOF\n", collector::ExpositionFormat::openmetrics, {});
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().message() == "line 2: a series is given more than once: a{x=\"1\"} 2");
}

TEST_CASE("S25 a series that turns from counter to gauge is invalidated with a warning") {
  Rounds rounds({ratio_check()});
  rounds.deploy().canary("c", "# TYPE requests_total counter\n" + requests(100, 0)).go();
  rounds.canary("c", "# TYPE requests_total gauge\n" + requests(900, 800)).go();
  CHECK_FALSE(rounds.canary_tick("errors").present);
  REQUIRE(rounds.window("errors").canary.problem.has_value());
  CHECK(rounds.window("errors").canary.problem->cause() == "type_changed");
}

TEST_CASE("S28 a total that falls makes the tick missing and neither negative nor a spike") {
  Rounds rounds({ratio_check()});
  rounds.deploy().canary("c", requests(1000, 100)).go();
  rounds.canary("c", requests(5, 300)).go();
  CHECK_FALSE(rounds.canary_tick("errors").present);
  rounds.canary("c", requests(15, 301)).go();
  CHECK(rounds.canary_tick("errors").total == 11);
  CHECK(rounds.canary_tick("errors").bad == 1);
}

TEST_CASE("S29 a restart that ends up higher is seen by the process start time") {
  Rounds rounds({ratio_check()});
  rounds.deploy().canary("c", started(1000) + requests(100, 0)).go();
  rounds.canary("c", started(2000) + requests(150, 4)).go();
  CHECK(rounds.canary_tick("errors").total == 154);
  CHECK(rounds.canary_tick("errors").bad == 4);
}

TEST_CASE("S29 a restart that ends up higher is seen by the created time") {
  const auto body = [](int created, int total) {
    return "# TYPE requests counter\nrequests_total{code=\"500\"} " + std::to_string(total) +
           "\nrequests_created{code=\"500\"} " + std::to_string(created) + "\n# EOF\n";
  };
  Rounds rounds({ratio_check()});
  rounds.deploy().canary("c", body(1000, 100)).go();
  rounds.canary("c", body(2000, 120)).go();
  CHECK(rounds.canary_tick("errors").total == 120);
}

TEST_CASE("S30 a restart within the window warms up again and its ticks are left out") {
  Rounds rounds({ratio_check()}, {10s, 10min});
  rounds.canary("c", started(1000) + requests(100, 0)).go();
  rounds.deploy();
  for (int i = 1; i <= 6; ++i) rounds.canary("c", started(1000) + requests(100 + i, 0)).go();
  CHECK(rounds.canary_tick("errors").present);
  rounds.canary("c", started(2000) + requests(3, 3)).go();
  CHECK(rounds.window("errors").ticks.back().judged);
  CHECK_FALSE(rounds.canary_tick("errors").present);
  rounds.canary("c", started(2000) + requests(6, 3)).go();
  rounds.canary("c", started(2000) + requests(9, 3)).go();
  CHECK_FALSE(rounds.canary_tick("errors").present);
  rounds.canary("c", started(2000) + requests(12, 3)).go();
  CHECK(rounds.canary_tick("errors").total == 3);
}

TEST_CASE("S31 another process at the same address has no past here") {
  Rounds rounds({ratio_check()});
  rounds.deploy().canary("c", started(2000) + requests(100, 0)).go();
  SUBCASE("an older one") {
    rounds.canary("c", started(1000) + requests(90000, 9000)).go();
    CHECK_FALSE(rounds.canary_tick("errors").present);
  }
  SUBCASE("a newer one that was there before we last looked") {
    rounds.canary("c", started(2100) + requests(90000, 9000)).server_time(2500).go();
    CHECK_FALSE(rounds.canary_tick("errors").present);
  }
  SUBCASE("by its UID where one is known") {
    rounds.canary("pod-2", started(2000) + requests(90000, 9000)).go();
    CHECK(rounds.window("errors").canary.members == std::vector<std::string>{"c", "pod-2"});
    CHECK_FALSE(rounds.canary_tick("errors", 0).present);
    CHECK_FALSE(rounds.canary_tick("errors", 1).present);
  }
}

TEST_CASE("S34 values that mean nothing never reach a window") {
  Rounds rounds({ratio_check(), gauge_check()});
  const std::string good = requests(100, 1) + "memory_bytes 7\n";
  rounds.deploy().canary("c", good).go().canary("c", good).go();
  SUBCASE("NaN is no sample") {
    rounds.canary("c", "requests_total{code=\"200\"} NaN\nmemory_bytes NaN\n").go();
    CHECK_FALSE(rounds.window("memory").canary.series_found);
  }
  SUBCASE("an infinite gauge") {
    rounds.canary("c", "memory_bytes +Inf\n").go();
    CHECK(rounds.window("memory").canary.problem->cause() == "infinite");
  }
  SUBCASE("an infinite total") {
    rounds.canary("c", requests(100, 1) + "requests_total{code=\"501\"} +Inf\n").go();
  }
  SUBCASE("a negative total") {
    rounds.canary("c", "requests_total{code=\"200\"} -5\n").go();
    CHECK(rounds.window("errors").canary.problem->cause() == "negative_counter");
  }
  SUBCASE("a number too large") {
    rounds.canary("c", "memory_bytes 1e400\n").go();
    CHECK(rounds.window("errors").canary.problem->cause() == "parse");
  }
  SUBCASE("a hexadecimal number") {
    rounds.canary("c", "memory_bytes 0x1p-3\n").go();
    CHECK(rounds.window("errors").canary.problem->cause() == "parse");
  }
  CHECK_FALSE(rounds.canary_tick("errors").present);
  CHECK_FALSE(rounds.canary_tick("memory").present);
}

TEST_CASE("S36 exposed timestamps are ignored and counted") {
  collector::ReadingSink sink({.all = true, .names = {}}, {});
  const auto text = sink.read("a 1 4102444800000\nb 2 1000\nc 3\n", collector::ExpositionFormat::text, {});
  REQUIRE(text.has_value());
  CHECK(text->summary.timestamped == 2);
  CHECK(text->samples.size() == 3);
}

TEST_CASE("memory follows what a target exposes and not what it ever exposed") {
  collector::SeriesStore store;
  TargetReading reading;
  for (int round = 0; round < 100; ++round) {
    reading.at += 5s;
    reading.samples.clear();
    for (int i = 0; i < 1000; ++i) {
      auto series = std::make_shared<Series>(
          Series{"a_total", {{"id", std::to_string(round * 1000 + i)}}, MetricType::counter});
      reading.samples.push_back({std::move(series), 1, std::nullopt});
    }
    store.advance(reading);
  }
  CHECK(store.size() <= 12'000);
}
