#include "collector/parse/prometheus_text.hpp"

#include "tests/support/collecting_sink.hpp"

#include <cmath>
#include <doctest/doctest.h>

using namespace davy;
using namespace davy::collector;
using test::CollectingSink;

namespace {

// The one sample that a body holds, or the error's message.
std::string read_one(std::string_view body) {
  CollectingSink sink;
  const auto result = parse_prometheus_text(body, {}, sink);
  if (!result) return result.error().message();
  if (sink.samples.size() != 1) return std::to_string(sink.samples.size()) + " samples";
  const auto& sample = sink.samples[0];
  const std::string labels = to_text(sample.labels);
  return sample.name + labels + " " + std::to_string(sample.value) +
         (sample.at ? " @" + std::to_string(sample.at->seconds()) : "");
}

MetricType type_of(std::string_view body, std::size_t which = 0) {
  CollectingSink sink;
  REQUIRE(parse_prometheus_text(body, {}, sink).has_value());
  return sink.samples.at(which).type;
}

struct Row {
  std::string_view body;
  std::string_view expected;
};

}  // namespace

TEST_CASE("samples of the text format are read in every spelling that it allows") {
  const Row rows[] = {
      {"a 1", "a{} 1.000000"},
      {"a 1\r\n", "a{} 1.000000"},
      {"  a\t{ x = \"1\" , y=\"2\", }\t2  ", "a{x=\"1\", y=\"2\"} 2.000000"},
      {"a{} 1 -1500\n", "a{} 1.000000 @-1.500000"},
      {"a{x=\"q\\\"b\\\\s\\nl\\z\"} 1", "a{x=\"q\\\"b\\\\s\\nl\\\\z\"} 1.000000"},
      {"{\"a.b\",\"c d\"=\"e\"} 1", "a.b{c d=\"e\"} 1.000000"},
      {"{x=\"1\", \"a.b\"} 1", "a.b{x=\"1\"} 1.000000"},
      {"a:b_c1{_x=\"\"}1", "a:b_c1{_x=\"\"} 1.000000"},
      {"a{x=\"}#,{\"} 1", "a{x=\"}#,{\"} 1.000000"},
      {"#x\n# y\n#\tHELP\ta \\\n\n a 3 4 ", "a{} 3.000000 @0.004000"},
      {"a +Inf", "a{} inf"},
      {"a -inf", "a{} -inf"},
      {"a 1e3", "a{} 1000.000000"},
      {"a .5", "a{} 0.500000"},
      {"a 5.", "a{} 5.000000"},
      {"a 12345678901234567890", "a{} 12345678901234567168.000000"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    CHECK(read_one(row.body) == row.expected);
  }
}

TEST_CASE("what is not in the text format is refused with its line") {
  const Row rows[] = {
      {"a", "line 1: the value is missing or not a number: a"},
      {"a 1\nb x\n", "line 2: the value is missing or not a number: b x"},
      {"a 1_0", "line 1: the value is missing or not a number: a 1_0"},
      {"a 0x1p-3", "line 1: the value is missing or not a number: a 0x1p-3"},
      {"a 1e400", "line 1: the value is missing or not a number: a 1e400"},
      {"a +nan", "line 1: the value is missing or not a number: a +nan"},
      {"a 1 2.5", "line 1: the timestamp is not a whole number of milliseconds: a 1 2.5"},
      {"a 1 2 3", "line 1: something is behind the timestamp: a 1 2 3"},
      {"a{x=1} 1", "line 1: a label value must be quoted: a{x=1} 1"},
      {"a{x=\"1} 1", "line 1: a quote is not closed: a{x=\"1} 1"},
      {"a{x=\"1\"y=\"2\"} 1",
       "line 1: a comma or a closing brace is missing behind a label: a{x=\"1\"y=\"2\"} 1"},
      {"a{x=\"1\",,} 1", "line 1: a label name is missing or not valid: a{x=\"1\",,} 1"},
      {"a{x=\"1\",x=\"2\"} 1", "line 1: a label name is given more than once: a{x=\"1\",x=\"2\"} 1"},
      {"a{__name__=\"b\"} 1", "line 1: a label name is reserved: a{__name__=\"b\"} 1"},
      {"a{x} 1", "line 1: = is missing behind a label name: a{x} 1"},
      {"a{\"b\"} 1", "line 1: the metric name is given more than once: a{\"b\"} 1"},
      {"{\"a\",\"b\"} 1", "line 1: the metric name is given more than once: {\"a\",\"b\"} 1"},
      {"{x=\"1\"} 1", "line 1: a metric name is missing or not valid: {x=\"1\"} 1"},
      {"a-b 1", "line 1: the metric name is not valid: a-b 1"},
      {"# TYPE a nonsense", "line 1: not a metric type: # TYPE a nonsense"},
      {"# TYPE a", "line 1: not a metric type: # TYPE a"},
      {"# TYPE a-b counter", "line 1: the metric name is not valid: # TYPE a-b counter"},
      {"a{x=\"\xff\"} 1", "line 1: not UTF-8: a{x=\"\\xff\"} 1"},
      {"\xef\xbb\xbf"
       "a 1",
       "line 1: the metric name is not valid: \\ufeffa 1"},
      {"<html>", "line 1: the metric name is not valid: <html>"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    CHECK(read_one(row.body) == row.expected);
  }
}

TEST_CASE("a sample's type is that of its family wherever the TYPE line stands") {
  CHECK(type_of("# TYPE a counter\na 1\n") == MetricType::counter);
  CHECK(type_of("# TYPE a histogram\na_bucket{le=\"1\"} 1\n") == MetricType::histogram);
  CHECK(type_of("# TYPE a summary\na{quantile=\"1\"} 1\n") == MetricType::summary);
  CHECK(type_of("# TYPE a histogram\n# TYPE b gauge\na_sum 1\n") == MetricType::histogram);
  CHECK(type_of("# TYPE a counter\nb 1\n") == MetricType::unknown);
  CHECK(type_of("# TYPE a counter\n# TYPE a gauge\na 1\n") == MetricType::gauge);
  CHECK(type_of("# TYPE \"a\\\\b\" gauge\n{\"a\\\\b\"} 1\n") == MetricType::gauge);
  CHECK(type_of("# TYPE a counter\na_count 1\n") == MetricType::unknown);
}

TEST_CASE("the error of a long hostile line is short and printable") {
  CollectingSink sink;
  const auto result = parse_prometheus_text("\x1b[31m" + std::string(100'000, 'x'), {}, sink);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().message().size() < 160);
  CHECK(result.error().message().find('\x1b') == std::string::npos);
}

TEST_CASE("a body that exceeds a limit names the limit and its line") {
  CollectingSink sink;
  const auto result = parse_prometheus_text("a 1\nb 1\nc 1\n", {.samples = 2}, sink);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind() == ErrorKind::over_limit);
  CHECK(result.error().cause() == "sample_limit");
  CHECK(result.error().message() == "line 3: more samples than sample_limit: c 1");
}
