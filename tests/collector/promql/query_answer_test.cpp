// What servers of the query API answer, read: their words are copied from Prometheus 2.42 and
// VictoriaMetrics 1.79.

#include "collector/promql/query_answer.hpp"

#include "collector/promql/one_number.hpp"
#include "tests/support/query_server.hpp"

#include <cmath>
#include <doctest/doctest.h>

namespace davy::collector {
namespace {

using namespace davy::test;

constexpr std::size_t many = 1000;

std::string number_error(const std::string& body) {
  const auto answer = read_answer(body, many);
  REQUIRE(answer.has_value());
  const auto number = one_number(*answer);
  REQUIRE_FALSE(number.has_value());
  return std::string(number.error().cause());
}

}  // namespace

TEST_CASE("a matrix of raw samples keeps every sample with its own time") {
  const auto answer =
      read_answer(matrix_answer(matrix_series("http_requests_total", R"("code":"200","instance":"a:1")",
                                              {{1795271874.229, 0}, {1795271875.229, 18}})),
                  many);
  REQUIRE(answer.has_value());
  CHECK(answer->type == ResultType::matrix);
  REQUIRE(answer->series.size() == 1);
  CHECK(answer->series[0].name == "http_requests_total");
  CHECK(davy::to_text(answer->series[0].labels) == R"({code="200", instance="a:1"})");
  REQUIRE(answer->series[0].points.size() == 2);
  CHECK(answer->series[0].points[1].at == 1795271875.229);
  CHECK(answer->series[0].points[1].value == 18);
  CHECK(answer->partial.empty());
}

TEST_CASE("a vector and a scalar give their one number") {
  CHECK(one_number(*read_answer(vector_answer(vector_series("", 1, "50")), many)).value() == 50);
  CHECK(one_number(*read_answer(scalar_answer(1, "1200.5"), many)).value() == 1200.5);
}

TEST_CASE("P06 several series where one is expected are an error that names them") {
  const auto answer = read_answer(
      vector_answer(vector_series(R"("pod":"a")", 1, "1") + "," + vector_series(R"("pod":"b")", 1, "2")),
      many);
  const auto number = one_number(*answer);
  REQUIRE_FALSE(number.has_value());
  CHECK(number.error().kind() == ErrorKind::invalid);
  CHECK(
      number.error().message() ==
      "the query gives 2 series where one is needed: {pod=\"a\"} and {pod=\"b\"}; aggregate them, like sum() "
      "or max()");
}

TEST_CASE("P07 an empty vector is no data and no zero") {
  CHECK(number_error(vector_answer("")) == "no_data");
}

TEST_CASE("P08 a matrix and a string are refused for what they are") {
  CHECK(number_error(matrix_answer(matrix_series("a", "", {{1, 1}}))) == "type");
  CHECK(number_error(R"({"status":"success","data":{"resultType":"string","result":[1,"abc"]}})") == "type");
}

TEST_CASE("P09 NaN and infinity are no data") {
  for (const char* value : {"NaN", "+Inf", "-Inf"}) {
    CAPTURE(value);
    CHECK(number_error(scalar_answer(1, value)) == "no_data");
  }
}

TEST_CASE("P05 warnings and isPartial make an answer partial and infos do not") {
  const auto partial = [](const std::string& more) {
    return read_answer(vector_answer("", more), many)->partial;
  };
  CHECK(partial(R"(,"warnings":["No StoreAPIs matched for this query"])") ==
        "No StoreAPIs matched for this query");
  CHECK(partial(R"(,"isPartial":true)") == "isPartial");
  CHECK(
      partial(R"(,"isPartial":false,"warnings":[],"infos":["PromQL info: metric might not be a counter"])") ==
      "");
}

TEST_CASE("what is no answer of the query API is malformed and never a number") {
  for (
      const char* body :
      {"", "{", "null", "[]", "<html>", R"({"status":"success"})", R"({"status":"success","data":{}})",
       R"({"status":"error","data":{"resultType":"vector","result":[]}})",
       R"({"status":"success","data":{"resultType":"tensor","result":[]}})",
       R"({"status":"success","data":{"resultType":"vector","result":{}}})",
       R"({"status":"success","data":{"resultType":"vector","result":[{"value":[1,"2"]}]}})",
       R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":1},"value":[1,"2"]}]}})",
       R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,2]}]}})",
       R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":["1","2"]}]}})",
       R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"0x10"]}]}})",
       R"({"status":"success","data":{"resultType":"scalar","result":[]}})",
       R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":7}]}})"}) {
    CAPTURE(body);
    const auto answer = read_answer(body, many);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().cause() == "parse");
  }
  std::string deep(100, '[');
  CHECK_FALSE(read_answer(deep, many).has_value());
}

TEST_CASE("a native histogram is a series without a number") {
  const auto answer = read_answer(
      vector_answer(R"({"metric":{},"histogram":[1,{"count":"1","sum":"2","buckets":[]}]})"), many);
  REQUIRE(answer.has_value());
  CHECK(number_error(vector_answer(R"({"metric":{},"histogram":[1,{"count":"1"}]})")) == "no_data");
}

TEST_CASE("P11 more series than sample_limit are refused whole") {
  const std::string two = vector_series(R"("pod":"a")", 1, "1") + "," + vector_series(R"("pod":"b")", 1, "2");
  CHECK(read_answer(vector_answer(two), 2).has_value());
  const auto answer = read_answer(vector_answer(two), 1);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().cause() == "sample_limit");
}

TEST_CASE("the server's own words are shown and made harmless") {
  CHECK(error_text(error_answer("bad_data", "1:24: parse error: unclosed left parenthesis")) ==
        "1:24: parse error: unclosed left parenthesis");
  CHECK(error_text("Service Unavailable\n") == "Service Unavailable");
  CHECK(error_text("\x1b[31mred") == "\\x1b[31mred");
  CHECK(error_text("") == "");
}

}  // namespace davy::collector
