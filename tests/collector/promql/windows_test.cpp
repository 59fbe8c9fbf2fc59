// What an asked source's batches make of windows: ticks that are as long as the server's pace, and queries
// beside them.

#include "collector/store/window_builder.hpp"
#include "tests/support/query_server.hpp"

#include <doctest/doctest.h>

namespace davy::collector {
namespace {

using namespace davy::test;
using namespace std::chrono_literals;

struct Asked {
  explicit Asked(std::vector<Check> checks)
      : builder(*WindowBuilder::create(std::move(checks), asked_side("http://p", "{version=\"new\"}"),
                                       asked_side("http://p", "{version=\"old\"}"), {0s, 10min, 5s})) {}

  SeriesRef series(const std::string& version, const std::string& code) {
    SeriesRef& known = interned[version + code];
    if (!known)
      known = std::make_shared<const Series>(Series{
          "requests_total", Labels({{"code", code}, {"instance", version + "-1"}, {"version", version}}),
          MetricType::counter});
    return known;
  }
  TargetReading reading(const std::string& version, std::optional<double> good, double bad = 0) {
    TargetReading out;
    out.target = version + "-1 at http://p";
    out.for_canary = version == "new";
    out.for_baseline = !out.for_canary;
    out.at = now;
    if (good) out.samples = {{series(version, "200"), *good, {}}, {series(version, "500"), bad, {}}};
    return out;
  }
  // A round 5 s later; numbers where there are new ones.
  void round(std::optional<double> canary, std::optional<double> baseline,
             std::vector<QueryValue> queries = {}) {
    now += 5s;
    Batch batch;
    batch.at = now;
    batch.nothing_new = !canary && !baseline;
    if (!batch.nothing_new) batch.as_of = now - 3s;
    batch.readings = {reading("new", canary), reading("old", baseline)};
    batch.queries = std::move(queries);
    builder.add(batch);
  }
  const Window& window(std::string_view check) { return *builder.window(check); }

  WindowBuilder builder;
  std::map<std::string, SeriesRef> interned;
  Instant now{1h};
};

QueryValue number(bool for_canary, double value) { return {"queue", for_canary, value, std::nullopt}; }
QueryValue none(bool for_canary, ErrorKind kind) {
  return {"queue", for_canary, std::nullopt, Error(kind, "ask http://p: why")};
}

}  // namespace

TEST_CASE("a round without new samples is no tick of zero traffic") {
  Asked asked({ratio_check()});
  asked.round(0, 0);
  asked.builder.start_release(asked.now);
  asked.round({}, {});
  asked.round({}, {});
  asked.round(30, 60);
  asked.round({}, {});
  const Window& window = asked.window("errors");
  REQUIRE(window.ticks.size() == 1);
  CHECK(window.ticks[0].length == 15s);
  CHECK(window.ticks[0].at == asked.now - 5s - 3s);
  CHECK(window.ticks[0].canary.at(0).total == 30);
  CHECK(window.ticks[0].baseline.at(0).total == 60);
  CHECK(window.canary.series_found);
  CHECK(sees(window.canary));
  CHECK(window.canary.members == std::vector<std::string>{"new-1"});
}

TEST_CASE("a member of which nothing is new is absent from the tick and goes on where it was") {
  Asked asked({ratio_check()});
  asked.round(0, 0);
  asked.round(10, 20);
  asked.round({}, 40);
  asked.round(30, 60);
  const Window& window = asked.window("errors");
  REQUIRE(window.ticks.size() == 3);
  CHECK_FALSE(window.ticks[1].canary.at(0).present);
  CHECK(window.ticks[1].baseline.at(0).total == 20);
  CHECK(window.ticks[2].canary.at(0).total == 20);
  CHECK(window.canary.targets_up == 1);
}

TEST_CASE("a total that falls while its member has nothing new is a reset and no gain") {
  Asked asked({ratio_check()});
  asked.round(0, 0);
  asked.round(10, 20);
  asked.round({}, 40);
  asked.round(5, 60);
  CHECK_FALSE(asked.window("errors").ticks.back().canary.at(0).present);
  asked.round(9, 80);
  CHECK(asked.window("errors").ticks.back().canary.at(0).total == 4);
}

TEST_CASE("what was measured before the deploy is not judged however late it is told") {
  Asked asked({ratio_check()});
  asked.round(0, 0);
  asked.round({}, {});
  asked.builder.start_release(asked.now);
  asked.now -= 3s;  // the next round comes 2 s after the deploy and tells of a second before it
  asked.round(10, 10);
  CHECK_FALSE(asked.window("errors").ticks.back().judged);
}

TEST_CASE("a query is a tick a round and its own sight") {
  Asked asked({ratio_check(), query_check("avg(x)", "avg(y)")});
  asked.round(0, 0, {number(true, 5), number(false, 4)});
  asked.round({}, {}, {number(true, 1200), number(false, 7)});
  const Window& window = asked.window("queue");
  REQUIRE(window.ticks.size() == 1);
  CHECK(window.ticks[0].canary.at(0).value == 1200);
  CHECK(window.ticks[0].canary.at(0).total == 1);
  CHECK(window.ticks[0].baseline.at(0).value == 7);
  CHECK(sees(window.canary));
  CHECK(sees(window.baseline));
  CHECK(asked.window("errors").ticks.empty());
}

TEST_CASE("a query without data is seen and an unanswered one is blindness") {
  Asked asked({query_check("avg(x)")});
  asked.round({}, {}, {number(true, 5)});
  asked.round({}, {}, {none(true, ErrorKind::not_found)});
  const Window& window = asked.window("queue");
  REQUIRE(window.ticks.size() == 1);
  CHECK_FALSE(window.ticks[0].canary.at(0).present);
  CHECK(sees(window.canary));
  CHECK_FALSE(window.canary.series_found);
  asked.round({}, {}, {none(true, ErrorKind::unreachable)});
  CHECK(window.ticks.size() == 1);  // nothing is known of this round
  CHECK_FALSE(sees(window.canary));
  CHECK(window.canary.problem->message() == "ask http://p: why");
  asked.round({}, {}, {none(true, ErrorKind::unreachable)});
  CHECK(window.canary.blind_for == 5s);
  asked.round({}, {}, {number(true, 5)});
  CHECK(sees(window.canary));
  CHECK_FALSE(window.canary.blind_for.has_value());
}

}  // namespace davy::collector
