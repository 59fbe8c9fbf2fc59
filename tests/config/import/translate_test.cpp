// What queries with limits become: checks that mean the same, or the query as it is.

#include "config/import/translate.hpp"

#include "config/import/condition.hpp"
#include "config/import/promql.hpp"

#include <doctest/doctest.h>

namespace davy::config::imported {
namespace {

std::string shown(const CheckDraft& check) {
  switch (check.kind) {
    case CheckDraft::Kind::ratio: return "ratio " + check.errors + " of " + check.total + " max " + check.max;
    case CheckDraft::Kind::latency:
      return "latency " + check.histogram + " p" + plain_number(check.quantile * 100) + " max " + check.max;
    case CheckDraft::Kind::gauge: return "gauge";
    case CheckDraft::Kind::promql: return "promql " + check.canary + " max " + check.max;
  }
  return "";
}

std::string translated(const std::string& query, Bounds healthy) {
  std::vector<Remark> remarks;
  std::string out;
  for (const CheckDraft& check : translate({"x", query, healthy}, remarks))
    out += (out.empty() ? "" : "; ") + shown(check);
  return out;
}

Bounds at_least(double value) { return {value, std::nullopt}; }
Bounds at_most(double value) { return {std::nullopt, value}; }

std::string condition(std::string_view text, bool success = true) {
  const auto read = success ? read_success(text) : read_failure(text);
  if (!read) return "not understood";
  std::string out;
  if (read->healthy.min) out += ">=" + plain_number(*read->healthy.min);
  if (read->healthy.max) out += "<=" + plain_number(*read->healthy.max);
  return out + (read->on_no_data.empty() ? "" : " " + read->on_no_data);
}

const std::string good = R"(sum(rate(http_total{job="a",code!~"5.."}[1m])))";
const std::string bad = R"(sum(irate(http_total{job="a",code=~"5.."}[1m])))";
const std::string all = R"(sum(increase(http_total{job="a"}[5m])))";
const std::string errors = R"(ratio http_total{job="a",code=~"5.."} of http_total{job="a"})";

}  // namespace

TEST_CASE("a success rate becomes a share of errors in whatever unit and direction it is written") {
  CHECK(translated(good + "/" + all, at_least(0.95)) == errors + " max 5%");
  CHECK(translated(good + " / " + all + " * 100", at_least(99)) == errors + " max 1%");
  CHECK(translated("100 * " + good + " / " + all, at_least(99.9)) == errors + " max 0.1%");
  CHECK(translated("100 - " + good + "/" + all + "*100", at_most(1)) == errors + " max 1%");
  CHECK(translated("1 - (" + good + "/" + all + ")", at_most(0.02)) == errors + " max 2%");
  CHECK(translated("(" + all + " - " + good + ") / " + all, at_most(0.02)) == errors + " max 2%");
  CHECK(translated(bad + "/" + all, at_most(0.05)) == errors + " max 5%");
  CHECK(translated("1 - " + bad + "/" + all, at_least(0.9)) == errors + " max 10%");
  CHECK(translated("(" + bad + " or on() vector(0)) / " + all, at_most(0.05)) == errors + " max 5%");
  CHECK(translated("sum(" + bad + "/" + all + ")", at_most(0.05)) == errors + " max 5%");
}

TEST_CASE("both limits of a success rate make one check since a share is never above all") {
  CHECK(translated(good + "/" + all + "*100", {99, 100}) == errors + " max 1%");
}

TEST_CASE("what divides counters and is no share of events stays a query") {
  const std::string mean = "sum(rate(d_seconds_sum[1m])) / sum(rate(d_seconds_count[1m]))";
  CHECK(translated(mean, at_most(0.5)) == "promql " + mean + " max 0.5");
  const std::string same = all + " / " + all;
  CHECK(translated(same, at_most(0.5)).starts_with("promql"));
  const std::string gauges = "sum(used) / sum(capacity)";
  CHECK(translated(gauges, at_most(0.9)) == "promql " + gauges + " max 0.9");
}

TEST_CASE(
    "good events that differ in more than one matcher have no complement and the limit is turned around") {
  const std::string two =
      R"(sum(rate(http_total{job="a",code="200",path="/"}[1m])) / sum(rate(http_total{job="a"}[1m])))";
  CHECK(translated(two, at_least(0.9)) == "promql 0.9 - (" + two + ") max 0");
}

TEST_CASE("a quantile becomes a latency in the unit of its histogram") {
  const auto p99 = [](const std::string& name) {
    return "histogram_quantile(0.99, sum(rate(" + name + "_bucket{job=\"a\"}[5m])) by (le))";
  };
  CHECK(translated(p99("d_seconds"), at_most(0.8)) == R"(latency d_seconds{job="a"} p99 max 800ms)");
  CHECK(translated(p99("d_seconds") + " * 1000", at_most(500)) ==
        R"(latency d_seconds{job="a"} p99 max 500ms)");
  CHECK(translated(p99("d_milliseconds"), at_most(500)) ==
        R"(latency d_milliseconds{job="a"} p99 max 500ms)");
  CHECK(translated(p99("d_ms") + "/1000", at_most(1.5)) == R"(latency d_ms{job="a"} p99 max 1s500ms)");
  CHECK(translated(p99("envoy_cluster_upstream_rq_time"), at_most(250)) ==
        R"(latency envoy_cluster_upstream_rq_time{job="a"} p99 max 250ms)");
  CHECK(translated(p99("d_seconds"), at_most(0.0005)).starts_with("promql"));
  CHECK(translated(p99("d_seconds"), at_least(0.1)).starts_with("promql 0.1 - ("));
}

TEST_CASE("of a query that may give several series the worst one counts") {
  CHECK(translated("queue_depth", at_most(100)) == "promql max(queue_depth) max 100");
  CHECK(translated("up", at_least(1)) == "promql 1 - (min(up)) max 0");
  CHECK(translated("sum(queue_depth)", at_most(100)) == "promql sum(queue_depth) max 100");
  CHECK(translated("sum(queue_depth)", at_most(-5)) == "promql (sum(queue_depth)) + 5 max 0");
}

TEST_CASE("a query that cannot be read is carried over as it is") {
  CHECK(translated("sum(rate(a[5m:1m]))", at_most(1)) == "promql sum(rate(a[5m:1m])) max 1");
  CHECK(translated("a{b=\"c\" d=\"e\"}", at_most(1)) == "promql a{b=\"c\" d=\"e\"} max 1");
}

TEST_CASE("the reader of queries gives nothing for what it does not know and never hangs") {
  for (const char* query :
       {"", "(", ")", "sum(", "a[", "a{", "a{b=\"", "rate(a[5m]) offset 1h", "a @ 5",
        "a + on(b) group_left c", "a > bool 1", "1 +", "'", "`", "a b", "sum by (le", "{}["})
    CHECK_MESSAGE(!parse_promql(query), query);
  CHECK(!parse_promql(std::string(10000, '(')));
  CHECK(!parse_promql(std::string(10000, '-')));
  CHECK(!parse_promql(std::string(10000, '+')));
  CHECK(parse_promql("sum by (le) (rate(a_bucket{x=\"}\",}[5m]))"));
}

TEST_CASE("comments go and blanks in texts stay") {
  CHECK(one_line("a{b=\"x  # y\"}  # c\n  > 1") == "a{b=\"x  # y\"} > 1");
}

TEST_CASE("conditions of Argo become limits") {
  CHECK(condition("result[0] >= 0.95") == ">=0.95");
  CHECK(condition("result < 5 && result >= 1") == ">=1<=5");
  CHECK(condition("len(result) == 0 || result[0] >= 0.95") == ">=0.95 pass");
  CHECK(condition("isNaN(result[0]) || (result[0] <= 3)") == "<=3 pass");
  CHECK(condition("!isNaN(result) && 0.5 < result") == ">=0.5");
  CHECK(condition("all(result, # < 1000)") == "<=1000");
  CHECK(condition("all(result, {# <= 7})") == "<=7");
  CHECK(condition("default(result, 0) < 0.05") == "<=0.05");
  CHECK(condition("result == 0") == ">=0<=0");
  CHECK(condition("result[0] > 5 || isNaN(result[0])", false) == "<=5 rollback");
  CHECK(condition("any(result, # > 9)", false) == "<=9");
  CHECK(condition("result < 1 || result > 9", false) == ">=1<=9");
  CHECK(condition("!(result > 5)") == "<=5");
}

TEST_CASE("conditions that are no limits are not guessed at") {
  for (const char* text :
       {"result < 1 || result > 9", "any(result, # > 9)", "result.ok", "", "result", "true", "result != 5",
        "len(result) == 0", "result[0] > 1 &&", "((((", "result[1] > 5"})
    CHECK_MESSAGE(condition(text) == "not understood", text);
  CHECK(condition("result < 1 && result > 0", false) == "not understood");
}

TEST_CASE("templates are filled in and what is not known is named") {
  std::vector<Remark> remarks;
  CHECK(fill_in("a{s=\"{{args.service-name}}\",p=\"{{ args.prefix }}\"}[{{args.range}}]", {{"prefix", "x"}},
                "args.", "here", remarks) == "a{s=\"CHANGE-ME-service-name\",p=\"x\"}[5m]");
  CHECK(remarks.size() == 2);
  CHECK(fill_in("{{ open", {}, "", "here", remarks) == "{{ open");
}

}  // namespace davy::config::imported
