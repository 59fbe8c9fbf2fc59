// A policy's first draft: what is recognised, by name or by its look, and that what is written can be loaded.

#include "config/draft/draft_policy.hpp"
#include "config/policy_loader.hpp"

#include <doctest/doctest.h>

namespace davy::config::draft {
namespace {

Sample sample(std::string name, Labels labels, double value, MetricType type = MetricType::counter) {
  return {std::make_shared<const Series>(Series{std::move(name), std::move(labels), type}), value, {}};
}

std::vector<Sample> histogram(const std::string& name,
                              std::initializer_list<std::pair<const char*, double>> buckets) {
  std::vector<Sample> out;
  for (const auto& [le, count] : buckets)
    out.push_back(sample(name + "_bucket", {{"le", le}}, count, MetricType::histogram));
  out.push_back(sample(name + "_count", {}, std::prev(buckets.end())->second, MetricType::histogram));
  return out;
}

Survey survey(std::vector<Sample> samples, std::vector<Sample> more = {}) {
  Survey out;
  out.add(samples);
  out.add(more);
  return out;
}

Draft drafted(const Survey& survey, bool with_baseline = true) {
  DraftInput input{"checkout", {"http://new:9090/metrics"}, {}, survey};
  if (with_baseline) input.baseline = {"http://old-1:9090/metrics", "http://old-2:9090/metrics"};
  return draft_policy(input, recognise(survey));
}

std::string problems_of(const std::string& text) {
  return load_policy(text, "draft.yaml", empty_environment()).problems->to_text();
}

const FoundCheck* find(const Recognised& found, std::string_view name) {
  for (const FoundCheck& check : found.checks)
    if (check.name == name) return &check;
  return nullptr;
}

}  // namespace

TEST_CASE("a known system is recognised by its names and of its checks the exposed ones are taken") {
  const auto found =
      recognise(survey({sample("envoy_cluster_upstream_rq", {{"envoy_response_code", "200"}}, 5),
                        sample("go_goroutines", {}, 3, MetricType::gauge)}));
  REQUIRE(found.preset != nullptr);
  CHECK(found.preset->name == "envoy");
  REQUIRE(found.checks.size() == 1);
  CHECK(found.checks[0].metric == R"(envoy_cluster_upstream_rq{envoy_response_code=~"5.."})");
  CHECK(found.runtime == "a Go program");
}

TEST_CASE("an unknown system is recognised by what its requests look like") {
  const auto found = recognise(
      survey({sample("shop_http_requests_total", {{"status", "200"}}, 900),
              sample("shop_http_requests_total", {{"status", "500"}}, 10),
              sample("http_client_requests_total", {{"code", "200"}}, 9000), sample("gc_total", {}, 7)},
             histogram("shop_http_request_duration_seconds", {{"0.1", 90}, {"+Inf", 100}})));
  CHECK(found.preset == nullptr);
  CHECK(found.by_shape);
  REQUIRE(find(found, "errors") != nullptr);
  CHECK(find(found, "errors")->metric == R"(shop_http_requests_total{status=~"5.."})");
  CHECK(find(found, "errors")->total == "shop_http_requests_total");
  REQUIRE(find(found, "latency") != nullptr);
  CHECK(find(found, "latency")->metric == "shop_http_request_duration_seconds");
}

TEST_CASE("failures counted beside all are recognised as a pair and classes by their xx") {
  const auto pair =
      recognise(survey({sample("rpc_requests_failed_total", {}, 3), sample("rpc_requests_total", {}, 300)}));
  REQUIRE(find(pair, "errors") != nullptr);
  CHECK(find(pair, "errors")->total == "rpc_requests_total");
  const auto classes = recognise(survey({sample("web_responses_total", {{"code", "5xx"}}, 3)}));
  CHECK(find(classes, "errors")->metric == R"(web_responses_total{code="5xx"})");
}

TEST_CASE("what describes a machine is named and not turned into a policy") {
  const Survey machine =
      survey({sample("node_cpu_seconds_total", {}, 1), sample("http_requests_total", {{"code", "200"}}, 5)});
  const auto found = recognise(machine);
  REQUIRE(found.exporter != nullptr);
  CHECK(found.exporter->title == "node_exporter");
  CHECK(found.checks.empty());
}

TEST_CASE("limits follow what was seen so far") {
  Survey seen =
      survey({sample("http_requests_total", {{"code", "200"}}, 950),
              sample("http_requests_total", {{"code", "500"}}, 50)},
             histogram("http_request_duration_seconds", {{"0.1", 900}, {"0.3", 995}, {"+Inf", 1000}}));
  const Draft draft = drafted(seen);
  CHECK(draft.usable);
  CHECK(draft.text.find("# 5% of all so far") != std::string::npos);
  CHECK(draft.text.find("max: 20.0%") != std::string::npos);  // 2.5 times, rounded up
  CHECK(draft.text.find("# p99 so far: at most 300ms") != std::string::npos);
  CHECK(draft.text.find("max: 1s") != std::string::npos);  // twice, rounded up
  CHECK(problems_of(draft.text) == "");
}

TEST_CASE("a histogram in milliseconds keeps its unit") {
  const Draft draft =
      drafted(survey({sample("envoy_cluster_upstream_rq_completed", {}, 1)},
                     histogram("envoy_cluster_upstream_rq_time", {{"50", 90}, {"100", 99}, {"+Inf", 100}})));
  CHECK(draft.text.find("unit: milliseconds") != std::string::npos);
  CHECK(draft.text.find("max: 200ms") != std::string::npos);
  CHECK(problems_of(draft.text) == "");
}

TEST_CASE("both versions in one target are told apart by the label that shows them") {
  const Survey proxy =
      survey({sample("haproxy_server_http_responses_total", {{"server", "app-canary"}, {"code", "5xx"}}, 1),
              sample("haproxy_server_http_responses_total", {{"server", "app-1"}, {"code", "2xx"}}, 9)});
  const Draft draft = drafted(proxy, false);
  CHECK(draft.text.find(R"(where: '{server="app-canary"}')") != std::string::npos);
  CHECK(draft.text.find(R"(where: '{server!="app-canary"}')") != std::string::npos);
  CHECK(draft.text.find("members: server") != std::string::npos);
  CHECK(problems_of(draft.text) == "");
}

TEST_CASE("without a baseline a draft holds absolute limits alone and says what that costs") {
  const Draft draft = drafted(survey({sample("http_requests_total", {{"code", "200"}}, 5)}), false);
  CHECK(problems_of(draft.text) == "");
  CHECK(draft.text.find("max_increase: 1") == std::string::npos);
  CHECK(draft.remarks.at(0).find("without a baseline") == 0);
}

TEST_CASE("names that YAML or a terminal would stumble over come through") {
  Survey hostile = survey({sample("http.requests 'total'\n", {{"code", "500"}}, 5)});
  DraftInput input{"it's: #1\n- x", {"http://[::1]:9090/m'?a=b"}, {"http://old:9090/metrics"}, hostile};
  const Draft draft = draft_policy(input, recognise(hostile));
  CAPTURE(draft.text);
  const auto loaded = load_policy(draft.text, "draft.yaml", empty_environment());
  CHECK(loaded.problems->to_text() == "");
  REQUIRE(loaded.policy.has_value());
  CHECK(loaded.policy->checks.at(0).total.metric == "http.requests 'total'\n");
}

TEST_CASE("every preset makes a policy with and without a baseline") {
  for (const Preset& preset : presets()) {
    CAPTURE(preset.name);
    const std::string head =
        "version: davy/v1\nservice: s\nmode: observe\ncanary: {targets: [\"http://a/metrics\"]}\n";
    CHECK(problems_of(head + "preset: " + std::string(preset.name) + "\n") == "");
    CHECK(problems_of(head + "baseline: {targets: [\"http://b/metrics\"]}\npreset: " +
                      std::string(preset.name) + "\n") == "");
    CHECK(find_preset(preset.name) == &preset);
  }
}

}  // namespace davy::config::draft
