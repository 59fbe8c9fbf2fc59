#include "collector/parse/openmetrics_text.hpp"

#include "tests/support/collecting_sink.hpp"

#include <chrono>
#include <doctest/doctest.h>

using namespace davy;
using namespace davy::collector;
using test::CollectingSink;

namespace {

// "" when the body, closed by # EOF, is good; otherwise what is wrong with it, without the line's text.
std::string complaint(const std::string& body) {
  CollectingSink sink;
  const auto result = parse_openmetrics(body + "# EOF\n", {}, sink);
  if (result) return "";
  const std::string message = result.error().message();
  return message.substr(0, message.find(": ", message.find(": ") + 2));
}

struct Row {
  std::string body;
  std::string expected;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.body);
    CHECK(complaint(row.body) == row.expected);
  }
}

}  // namespace

TEST_CASE("OpenMetrics is refused where a line does not follow the grammar") {
  check({
      {"a 1\n", ""},
      {"a  1\n", "line 1: the value is missing or not a number"},
      {"a 1 \n", "line 1: the timestamp is not a finite number"},
      {"a 1\r\n", "line 1: the value is missing or not a number"},
      {"\n", "line 1: a blank line"},
      {"# a comment\n", "line 1: a comment that is not HELP, TYPE, UNIT or EOF"},
      {"#  HELP a b\n", "line 1: a comment that is not HELP, TYPE, UNIT or EOF"},
      {"# HELP a\n", "line 1: the metadata's text is missing"},
      {"# EOF\na 1\n", "line 2: something is behind # EOF"},
      {"a{x=\"1\",} 1\n", "line 1: a label name is missing or not valid"},
      {"a{x=\"1\"}1\n", "line 1: a space and a value are missing behind the series"},
      {"a{__x=\"1\"} 1\n", "line 1: a label name is reserved"},
      {"a{x:y=\"1\"} 1\n", "line 1: = is missing behind a label name"},
      {"{\"a.b\", x=\"1\"} 1\n", ""},
      {"a{x=\"\xc3\"} 1\n", "line 1: not UTF-8"},
      {"a 1e400\n", ""},
      {"a 1 NaN\n", "line 1: the timestamp is not a finite number"},
      {std::string("a{x=\"nul:\0\"} 1\n", 15), ""},
  });
}

TEST_CASE("the body must end in # EOF") {
  CollectingSink sink;
  CHECK(parse_openmetrics("", {}, sink).error().message() == "line 0: # EOF is missing behind this line: ");
  CHECK(parse_openmetrics("a 1\n", {}, sink).error().message() ==
        "line 1: # EOF is missing behind this line: a 1");
  CHECK(parse_openmetrics("# EOF", {}, sink).has_value());
  CHECK_FALSE(parse_openmetrics("# EOF\n\n", {}, sink).has_value());
}

TEST_CASE("families keep together and their names do not clash") {
  check({
      {"# TYPE a counter\n# HELP a x\n# UNIT a \na_total 1\na_created 5\n", ""},
      {"# TYPE a counter\na 1\n", "line 3: the family before this line clashes with another one's names"},
      {"a 1\nb 1\na 2\n", "line 4: the family before this line clashes with another one's names"},
      {"# TYPE a untyped\n", "line 1: not a metric type"},
      {"# TYPE a gauge\n# TYPE a gauge\n", "line 2: more than one TYPE for a family"},
      {"a 1\n# HELP a x\n", "line 2: metadata behind the family's samples"},
      {"# UNIT a seconds\n", "line 2: the unit is not the end of the family's name before this line"},
      {"# TYPE a_s info\n# UNIT a_s s\n", "line 3: a unit on a family that cannot have one before this line"},
      {"# TYPE a gauge\na{x=\"1\"} 1\na{x=\"2\"} 1\na{x=\"1\"} 1\n",
       "line 4: a label set's samples are not together"},
      {"a 1\na 1\n", "line 2: a series is given more than once"},
      {"a 1 5\na 1\n", "line 2: only some of a group's samples have a timestamp"},
      {"a 1 5\na 1 4\n", "line 2: a group's timestamps go backwards"},
      {"a 1 5\na 1 5\na 1 6\n", ""},
  });
}

TEST_CASE("each type's own rules are kept") {
  check({
      {"# TYPE a counter\na_total -1\n", "line 2: a counter is negative"},
      {"# TYPE a counter\na_total NaN\n", "line 2: a counter is NaN"},
      {"# TYPE a gauge\na -1\n", ""},
      {"# TYPE a stateset\na{a=\"x\"} 2\n", "line 2: a state is neither 0 nor 1"},
      {"# TYPE a stateset\na{b=\"x\"} 1\n",
       "line 2: a stateset's sample lacks the label named as the family"},
      {"# TYPE a info\na_info{x=\"1\"} 2\n", "line 2: an info's value is not 1"},
      {"# TYPE a summary\na{quantile=\"1.5\"} 1\n", "line 2: quantile is missing or not between 0 and 1"},
      {"# TYPE a summary\na{quantile=\"0.5\"} 1\na{quantile=\"0.5\"} 1\n",
       "line 3: a series is given more than once"},
  });
}

TEST_CASE("a histogram is complete and in order") {
  const std::string type = "# TYPE a histogram\n";
  const std::string inf = "a_bucket{le=\"+Inf\"} 3\n";
  check({
      {type + "a_bucket{le=\"1\"} 1\n" + inf + "a_count 3\na_sum 2\n", ""},
      {type + "a_bucket{le=\"1\"} 1\n", "line 3: the +Inf bucket is missing before this line"},
      {type + "a_bucket{le=\"inf\"} 1\n", "line 2: le is not in its canonical form +Inf"},
      {type + "a_bucket{le=\"NaN\"} 1\n", "line 2: le is missing or not a number"},
      {type + "a_bucket{le=\"2\"} 1\na_bucket{le=\"1\"} 1\n",
       "line 3: buckets are not in ascending order of le"},
      {type + "a_bucket{le=\"2\"} 5\n" + inf, "line 3: a bucket counts less than the one below it"},
      {type + inf + "a_count 4\na_sum 1\n",
       "line 5: the count differs from the +Inf bucket before this line"},
      {type + inf + "a_sum 1\n", "line 4: a sum without a count before this line"},
      {type + inf + "a_count 3\n", "line 4: a count without a sum before this line"},
      {type + "a_bucket{le=\"+Inf\"} 0.5\n", "line 2: a count is not a whole number"},
      {type + "a_bucket{le=\"-1\"} 1\n" + inf + "a_count 3\na_sum 1\n",
       "line 6: a sum beside negative buckets before this line"},
      {type + "a {count:1,sum:1,schema:0,zero_threshold:0,zero_count:1}\n", ""},
      {type + "a {count:1}\n", "line 2: a native histogram is not well formed"},
  });
}

TEST_CASE("exemplars belong to buckets and totals and are short") {
  const std::string total = "# TYPE a counter\na_total 1";
  const std::string long_value(127, 'x');
  check({
      {total + " # {a=\"b\"} 0.5\n", ""},
      {total + " 5 # {} 0.5 6\n", ""},
      {total + " # {a=\"" + long_value + "\"} 1\n", ""},
      {total + " # {a=\"" + long_value + "x\"} 1\n",
       "line 2: an exemplar's labels have more than 128 characters"},
      {total + " # {a=\"b\"}\n", "line 2: an exemplar's value is missing"},
      {total + " # {a=\"b\"} 1 Inf\n", "line 2: an exemplar's timestamp is not a finite number"},
      {total + " #{a=\"b\"} 1\n", "line 2: something other than an exemplar is behind the value"},
      {"# TYPE a gauge\na 1 # {} 1\n", "line 2: only a bucket or a counter's total may have an exemplar"},
  });
}

TEST_CASE("a group's created time reaches all its samples and no others") {
  CollectingSink sink;
  REQUIRE(parse_openmetrics(
              "# TYPE a counter\na_total{x=\"1\"} 1\na_created{x=\"1\"} 7\na_total{x=\"2\"} 1\n# TYPE b "
              "counter\nb_created 9\nb_total 1\n# EOF\n",
              {}, sink)
              .has_value());
  REQUIRE(sink.samples.size() == 5);
  CHECK(sink.samples[0].created == 7.0);
  CHECK_FALSE(sink.samples[2].created.has_value());
  CHECK(sink.samples[4].created == 9.0);
}

TEST_CASE("a timestamp keeps its nanoseconds beside many seconds") {
  CollectingSink sink;
  REQUIRE(parse_openmetrics("a 1 1700000000.123456789\nb 1 -0.5\nc 1 1.5e3\n# EOF\n", {}, sink).has_value());
  CHECK(sink.samples[0].at == ExposedTime{1700000000, 123456789});
  CHECK(sink.samples[1].at == ExposedTime{0, -500000000});
  CHECK(sink.samples[2].at == ExposedTime{1500, 0});
}

TEST_CASE("very many samples and a histogram of very many buckets take time in proportion") {
  const auto seconds_for = [](const std::string& body) {
    struct Counting final : SampleSink {
      bool wants(std::string_view) override { return false; }
      void take(const SampleView&) override {}
    } counting;
    const auto start = std::chrono::steady_clock::now();
    REQUIRE(parse_openmetrics(body, {}, counting).has_value());
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  std::string samples = "# TYPE a gauge\n";
  std::string buckets = "# TYPE a histogram\n";
  for (int i = 0; i < 200'000; ++i) {
    const std::string number = std::to_string(i);
    samples += "a{x=\"" + number + "\"} 1\n";
    buckets += "a_bucket{le=\"" + number + "\"} 1\n";
  }
  buckets += "a_bucket{le=\"+Inf\"} 1\n";
  CHECK(seconds_for(samples + "# EOF\n") < 10);
  CHECK(seconds_for(buckets + "# EOF\n") < 10);
}
