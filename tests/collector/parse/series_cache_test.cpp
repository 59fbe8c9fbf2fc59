#include "collector/parse/byte_set.hpp"
#include "collector/parse/reading_sink.hpp"

#include <doctest/doctest.h>
#include <set>
#include <string>

using namespace davy;
using namespace davy::collector;

TEST_CASE("a series is one object for as long as it is seen") {
  ReadingSink sink({.all = true, .names = {}}, {});
  const auto first = sink.read("a{x=\"1\",y=\"2\"} 1\n", ExpositionFormat::text, {});
  const auto second = sink.read("a{y=\"2\",x=\"1\"} 2\n", ExpositionFormat::text, {});
  CHECK(first->samples[0].series == second->samples[0].series);
  const auto other_type = sink.read("# TYPE a gauge\na{x=\"1\",y=\"2\"} 1\n", ExpositionFormat::text, {});
  CHECK(other_type->samples[0].series != first->samples[0].series);
}

TEST_CASE("only selected names are kept and all are counted") {
  ReadingSink sink({.all = false, .names = {"b"}}, {});
  const auto body =
      sink.read("a 1\nb 2\nprocess_start_time_seconds 1234.5\nc{x=\"1\"} 3\n", ExpositionFormat::text, {});
  REQUIRE(body->samples.size() == 1);
  CHECK(body->samples[0].series->name == "b");
  CHECK(body->summary.samples == 4);
  CHECK(body->process_start_time == 1234.5);
}

TEST_CASE("a target's labels win over exposed ones") {
  ReadingSink sink({.all = true, .names = {}}, Labels{{"job", "ours"}});
  const auto body = sink.read("a{job=\"theirs\",x=\"1\"} 1\n", ExpositionFormat::text, {});
  CHECK(body->samples[0].series->labels == Labels{{"job", "ours"}, {"x", "1"}});
}

TEST_CASE("of several points of a series in OpenMetrics the last is kept") {
  ReadingSink sink({.all = true, .names = {}}, {});
  const auto body = sink.read("a 1 5\na 2 6\n# EOF\n", ExpositionFormat::openmetrics, {});
  REQUIRE(body->samples.size() == 1);
  CHECK(body->samples[0].value == 2);
  CHECK(body->duplicates == 0);
}

TEST_CASE("a body that fails leaves nothing behind") {
  ReadingSink sink({.all = true, .names = {}}, {});
  CHECK_FALSE(sink.read("a 1\nb\n", ExpositionFormat::text, {}).has_value());
  const auto body = sink.read("a 3\n", ExpositionFormat::text, {});
  REQUIRE(body->samples.size() == 1);
  CHECK(body->duplicates == 0);
}

TEST_CASE("a byte set holds what was put in and forgets when cleared") {
  ByteSet set;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 5000; ++i) CHECK(set.insert("key " + std::to_string(i)));
    for (int i = 0; i < 5000; ++i) CHECK_FALSE(set.insert("key " + std::to_string(i)));
    CHECK(set.insert(""));
    set.clear();
  }
}
