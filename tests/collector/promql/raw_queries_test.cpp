// What is asked for, word for word.

#include "collector/promql/raw_queries.hpp"

#include "tests/support/query_server.hpp"

#include <doctest/doctest.h>

namespace davy::collector {
namespace {

using namespace davy::test;

std::vector<std::string> asked(const std::vector<Check>& checks, const SideSpec& side) {
  std::vector<std::string> out;
  for (const RawQuery& query : raw_queries(checks, side)) out.push_back(query.selector);
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a selector that another contains is not asked for twice") {
  CHECK(asked({ratio_check()}, asked_side("http://p", "{version=\"new\"}")) ==
        Texts{R"(requests_total{version="new"})", R"(process_start_time_seconds{version="new"})"});
  Check apart = ratio_check();
  apart.errors = select("failures_total");
  CHECK(asked({apart, apart}, asked_side("http://p")) ==
        Texts{"requests_total", "failures_total", "process_start_time_seconds"});
}

TEST_CASE("a histogram is asked for by its buckets and a gauge as it is") {
  CHECK(asked({latency_check(), gauge_check()}, asked_side("http://p", "{job=\"a\",version=~\"n.w\"}")) ==
        Texts{R"(latency_seconds_bucket{job="a",version=~"n.w"})", R"(memory_bytes{job="a",version=~"n.w"})",
              R"(process_start_time_seconds{job="a",version=~"n.w"})"});
}

TEST_CASE("a name that PromQL cannot always write is matched by a label") {
  Check check = gauge_check();
  check.gauge = select(R"({"queue.depth",shop="a"})");
  CHECK(asked({check}, asked_side("http://p")).front() == R"({__name__="queue.depth",shop="a"})");
}

TEST_CASE("checks that are queries ask for no raw series") {
  CHECK(asked({query_check("avg(x)"), restarts_check()}, asked_side("http://p")).empty());
}

TEST_CASE("a metric that is a total here and a reading there has no type that either could trust") {
  Check gauge = gauge_check();
  gauge.gauge = select("requests_total");
  for (const RawQuery& query : raw_queries({ratio_check(), gauge}, asked_side("http://p")))
    if (query.metric == "requests_total") CHECK(query.type == MetricType::unknown);
}

}  // namespace davy::collector
