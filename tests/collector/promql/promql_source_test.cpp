// A source that asks, against a scripted server.

#include "tests/support/query_server.hpp"

#include <doctest/doctest.h>

namespace davy::collector {
namespace {

using namespace davy::test;
using namespace std::chrono_literals;

bool asks(const std::string& query, std::string_view what) { return query.find(what) != std::string::npos; }

std::string labels(const std::string& version, const std::string& member, const std::string& code) {
  return R"("code":")" + code + R"(","instance":")" + member + R"(","version":")" + version + "\"";
}

// A shop whose canary and two baselines are scraped every 15 s: each has served `served` requests at every
// scrape.
class Shop {
 public:
  Shop() : server(asking.loop) {
    server.respond = [this](const std::string& query) { return answer(query); };
    asking.checks = {ratio_check()};
    asking.canary = asked_side(server.url(), "{version=\"new\"}");
    asking.baseline = asked_side(server.url(), "{version=\"old\"}");
  }

  net::HttpResponse answer(const std::string& query) {
    const double now = asking.unix_now();
    if (query == "time()") return json_response(scalar_answer(now + ahead_s, fmt::format("{}", now)));
    if (asks(query, "process_start_time_seconds")) return json_response(matrix_answer(""));
    const std::string version = asks(query, "new") ? "new" : "old";
    std::string all;
    for (const std::string& member :
         version == "new" ? std::vector<std::string>{"c-1"} : std::vector<std::string>{"b-1", "b-2"}) {
      for (const std::string code : {"200", "500"}) {
        std::vector<std::pair<double, double>> points;
        for (const double at : scrapes)
          points.emplace_back(at, code == "200" ? (at - scrapes.front()) * 2 : 0);
        all +=
            (all.empty() ? "" : ",") + matrix_series("requests_total", labels(version, member, code), points);
      }
    }
    return json_response(matrix_answer(all));
  }

  Asking asking;
  QueryServer server;
  std::vector<double> scrapes;
  double ahead_s = 0;
};

}  // namespace

TEST_CASE("raw totals are asked for a side at a time and come as readings of members") {
  Shop shop;
  const double now = shop.asking.unix_now();
  shop.scrapes = {now - 32, now - 17, now - 2};
  const Batch batch = shop.asking.round();
  CHECK(shop.server.asked.size() == 6);
  CHECK(std::count(shop.server.asked.begin(), shop.server.asked.end(),
                   "requests_total{version=\"new\"}[300s]") == 1);
  CHECK(std::count(shop.server.asked.begin(), shop.server.asked.end(),
                   "process_start_time_seconds{version=\"old\"}[300s]") == 1);
  REQUIRE(batch.readings.size() == 3);
  const TargetReading& canary = batch.readings[0];
  CHECK(canary.target == "canary c-1 at " + shop.server.url());
  CHECK(canary.url == shop.server.url() + " instance=c-1");
  CHECK(canary.for_canary);
  CHECK_FALSE(canary.for_baseline);
  CHECK_FALSE(canary.problem.has_value());
  REQUIRE(canary.samples.size() == 2);
  CHECK(canary.samples[0].value == 60);
  CHECK(canary.samples[0].series->name == "requests_total");
  CHECK(canary.samples[0].series->type == MetricType::counter);
  CHECK(seconds(shop.asking.clock->now() - canary.at) == doctest::Approx(2).epsilon(0.01));
  CHECK_FALSE(batch.nothing_new);
  CHECK(batch.as_of == canary.at);
}

TEST_CASE("the server's slower pace makes rounds without news and the next news is asked for and no more") {
  Shop shop;
  const double now = shop.asking.unix_now();
  shop.scrapes = {now - 31, now - 16, now - 1};
  shop.asking.round();
  shop.asking.clock->advance(5s);
  const Batch unchanged = shop.asking.round();
  CHECK(unchanged.nothing_new);
  CHECK_FALSE(unchanged.as_of.has_value());
  REQUIRE(unchanged.readings.size() == 3);
  CHECK(unchanged.readings[0].samples.empty());
  CHECK_FALSE(unchanged.readings[0].problem.has_value());
  CHECK(shop.server.asked.back() != "");
  // 15 s between samples: two and a half of them, and some.
  CHECK(std::count(shop.server.asked.begin(), shop.server.asked.end(),
                   "requests_total{version=\"new\"}[43s]") == 1);
  shop.asking.clock->advance(10s);
  shop.scrapes.push_back(now + 14);
  const Batch news = shop.asking.round();
  CHECK_FALSE(news.nothing_new);
  CHECK(news.readings[0].samples.at(0).value == 90);
}

TEST_CASE("the minutes before the release come as the rounds that they would have been") {
  Shop shop;
  const double now = shop.asking.unix_now();
  for (double at = now - 298; at < now; at += 15) shop.scrapes.push_back(at);
  const std::vector<Batch> batches = shop.asking.history();
  REQUIRE(batches.size() == shop.scrapes.size());
  auto builder =
      *WindowBuilder::create(shop.asking.checks, shop.asking.canary, shop.asking.baseline, {0s, 10min, 5s});
  for (const Batch& batch : batches) builder.add(batch);
  builder.start_release(shop.asking.clock->now());
  const Window& window = *builder.window("errors");
  CHECK(window.ticks.size() == shop.scrapes.size() - 1);
  for (const Tick& tick : window.ticks) {
    CHECK_FALSE(tick.judged);
    CHECK(tick.baseline.at(0).total == doctest::Approx(30));
    CHECK(seconds(tick.length) == doctest::Approx(15).epsilon(0.01));
  }
  // The first round goes on from there.
  shop.asking.clock->advance(15s);
  shop.scrapes.push_back(shop.scrapes.back() + 15);
  builder.add(shop.asking.round());
  CHECK(window.ticks.back().canary.at(0).total == doctest::Approx(30));
  CHECK(shop.asking.history().empty());  // asked for once
}

TEST_CASE("a restart of one instance is its own and the start of its process explains it") {
  Shop shop;
  const double now = shop.asking.unix_now();
  double started = now - 1000;
  double served = 500;
  shop.server.respond = [&](const std::string& query) {
    const double at = shop.asking.unix_now();
    if (query == "time()") return json_response(scalar_answer(at, "0"));
    const bool is_new = asks(query, "new");
    if (asks(query, "process_start_time_seconds"))
      return json_response(matrix_answer(
          is_new ? matrix_series("process_start_time_seconds", R"("instance":"c-1")", {{at - 1, started}})
                 : ""));
    const std::string version = is_new ? "new" : "old";
    return json_response(matrix_answer(
        matrix_series("requests_total", labels(version, "c-1", "200"), {{at - 1, is_new ? served : 10}})));
  };
  auto builder =
      *WindowBuilder::create(shop.asking.checks, shop.asking.canary, shop.asking.baseline, {0s, 10min, 5s});
  builder.add(shop.asking.round());
  shop.asking.clock->advance(5s);
  started = shop.asking.unix_now() - 3;
  served = 7;
  builder.add(shop.asking.round());
  REQUIRE(builder.window("errors")->ticks.size() == 1);
  CHECK(builder.window("errors")->ticks.back().canary.at(0).total == 7);
}

TEST_CASE("a promql check is one query a side and a number or a reason") {
  Shop shop;
  shop.asking.checks = {query_check("avg(queue{version=\"new\"})", "avg(queue{version=\"old\"})")};
  shop.asking.canary.where.reset();
  shop.asking.baseline.where.reset();
  shop.server.respond = [&](const std::string& query) {
    const double now = shop.asking.unix_now();
    if (query == "time()") return json_response(scalar_answer(now, "0"));
    return json_response(asks(query, "new") ? vector_answer(vector_series("", now, "1200"))
                                            : scalar_answer(now, "900"));
  };
  const Batch batch = shop.asking.round();
  CHECK(shop.server.asked.size() == 4);
  CHECK_FALSE(batch.nothing_new);
  REQUIRE(batch.queries.size() == 2);
  CHECK(batch.queries[0].check == "queue");
  CHECK(batch.queries[0].for_canary);
  CHECK(batch.queries[0].value == 1200.0);
  CHECK(batch.queries[1].value == 900.0);
  REQUIRE(batch.readings.size() == 2);
  CHECK(batch.readings[0].target == "canary " + shop.server.url());
  CHECK_FALSE(batch.readings[0].problem.has_value());
  CHECK(shop.asking.history().empty());
}

TEST_CASE("what a request says is a form with the deadline and the lookback") {
  Asking asking;
  std::string body;
  HostileServer peer(asking.loop, [&](const std::string& request) {
    body = request;
    return Script{http_answer(scalar_answer(asking.unix_now(), "0"), "application/json")};
  });
  asking.checks = {query_check("sum by (a) (rate(x{v=\"n+w\"}[5m]))")};
  std::string url = peer.url("");
  asking.canary = asked_side(url);
  asking.round();
  CHECK(body.find("POST /api/v1/query HTTP/1.1\r\n") == 0);
  CHECK(body.find("Content-Type: application/x-www-form-urlencoded") != std::string::npos);
  CHECK(body.find("lookback_delta=150s&step=150s&nocache=1") != std::string::npos);
}

}  // namespace davy::collector
