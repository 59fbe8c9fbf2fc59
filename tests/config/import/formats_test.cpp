// Each format on a small source: what the policy says, what is remarked, and that the policy can be loaded.

#include "config/import/flagger_queries.hpp"
#include "config/import/imported.hpp"
#include "config/import/policy_text.hpp"
#include "config/policy_loader.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>

namespace davy::config::imported {
namespace {

Imported made_of(const std::string& text, const ImportOptions& options = {}) {
  const auto documents = read_documents(text, "source.yaml");
  REQUIRE_MESSAGE(documents.has_value(), (documents ? "" : documents.error().message()));
  return import_documents(*documents, options);
}

Imported made_of_file(const std::string& name) {
  std::ifstream file(std::string(DAVY_IMPORT_DATA) + "/" + name);
  REQUIRE(file);
  return made_of({std::istreambuf_iterator<char>(file), {}});
}

Policy policy_of(const Imported& made) {
  REQUIRE_MESSAGE(made.refusal.empty(), made.refusal);
  const auto loaded = load_policy(made.text, "made.yaml", empty_environment());
  REQUIRE_MESSAGE(loaded.policy.has_value(), loaded.problems->to_text() << made.text);
  return *loaded.policy;
}

bool remarks_say(const Imported& made, std::string_view words) {
  return std::any_of(made.remarks.begin(), made.remarks.end(),
                     [&](const Remark& remark) { return to_text(remark).find(words) != std::string::npos; });
}

const std::string canary = R"(
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: {name: podinfo, namespace: test}
spec:
  provider: istio
  targetRef: {kind: Deployment, name: podinfo}
  service: {port: 9898}
  analysis:
    interval: 1m
    threshold: 5
    maxWeight: 50
    stepWeight: 10
    metrics:
      - {name: request-success-rate, thresholdRange: {min: 99}, interval: 1m}
      - {name: request-duration, thresholdRange: {max: 500}, interval: 30s}
      - {name: queue, templateRef: {name: queue}, thresholdRange: {max: 10}}
    webhooks:
      - {name: load, url: http://x}
---
apiVersion: flagger.app/v1beta1
kind: MetricTemplate
metadata: {name: queue}
spec:
  provider: {type: prometheus, address: "http://prom:9090"}
  query: sum(queue_depth{app="{{ target }}",env="$${x}"})
)";

const std::string analysis_template = R"(
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: {name: success-rate}
spec:
  args: [{name: service}]
  metrics:
    - name: success-rate
      interval: 1m
      count: 20
      initialDelay: 2m
      failureLimit: 3
      successCondition: len(result) == 0 || result[0] >= 0.95
      provider:
        prometheus:
          address: http://prom:9090
          query: |
            sum(rate(http_requests_total{app="{{args.service}}",code!~"5.."}[5m])) /
            sum(rate(http_requests_total{app="{{args.service}}"}[5m]))
    - name: test
      provider: {job: {spec: {}}}
)";

const std::string rollout = R"(
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: shop, namespace: prod}
spec:
  strategy:
    canary:
      analysis:
        templates: [{templateName: success-rate}, {templateName: elsewhere}]
        args: [{name: service, value: shop-canary}]
      steps: [{setWeight: 20}, {pause: {duration: 5m}}]
)";

}  // namespace

TEST_CASE("a Canary of Flagger is compared with its primary and keeps its limits") {
  const Imported made = made_of(canary);
  const Policy policy = policy_of(made);
  CHECK(policy.service == "podinfo");
  CHECK(policy.mode == Mode::observe);
  CHECK(policy.window == std::chrono::minutes(5));
  REQUIRE(policy.checks.size() == 3);
  CHECK(policy.checks[0].max.value() == doctest::Approx(0.01));
  CHECK(
      to_text(policy.checks[0].errors) ==
      R"(istio_requests_total{reporter="destination",destination_workload_namespace="test",response_code=~"5.*"})");
  CHECK(policy.checks[1].max.value() == doctest::Approx(0.5));
  CHECK(policy.checks[1].quantile == doctest::Approx(0.99));
  CHECK(policy.checks[2].canary_query == R"(sum(queue_depth{app="podinfo",env="$${x}"}))");
  CHECK(policy.checks[2].baseline_query == R"(sum(queue_depth{app="podinfo-primary",env="$${x}"}))");
  REQUIRE((policy.canary.where && policy.baseline.where));
  CHECK(to_text(*policy.canary.where) == R"({destination_workload=~"podinfo"})");
  CHECK(to_text(*policy.baseline.where) == R"({destination_workload=~"podinfo-primary"})");
  CHECK(made.text.find("traffic: {virtual_service: 'test/podinfo', canary: 'podinfo-canary', stable: "
                       "'podinfo-primary'}") != std::string::npos);
  CHECK(remarks_say(made, "webhook 'load'"));
}

TEST_CASE("what a Canary names and is not there is remarked") {
  const Imported made = made_of(canary.substr(0, canary.find("---")));
  CHECK(policy_of(made).checks.size() == 2);
  CHECK(remarks_say(made, "MetricTemplate queue is not in the files"));
  CHECK(remarks_say(made, "its address"));
}

TEST_CASE("each provider's own queries are recognised as a ratio and but for a mean as a latency") {
  for (const char* provider :
       {"istio", "linkerd", "appmesh:v1beta2", "contour", "gloo", "nginx", "traefik", "kubernetes"}) {
    CAPTURE(provider);
    const auto queries = builtin_queries(provider);
    REQUIRE(queries.has_value());
    std::vector<Remark> remarks;
    const auto rate = translate(
        {"rate", fill_in(queries->success_rate, {{"interval", "1m"}}, "", "", remarks), {99, std::nullopt}},
        remarks);
    REQUIRE(rate.size() == 1);
    CHECK(rate[0].kind == CheckDraft::Kind::ratio);
    CHECK(rate[0].max == "1%");
    const auto time = translate(
        {"time", fill_in(queries->duration, {{"interval", "1m"}}, "", "", remarks), {std::nullopt, 500}},
        remarks);
    REQUIRE(time.size() == 1);
    CHECK(time[0].kind == (queries->mean ? CheckDraft::Kind::promql : CheckDraft::Kind::latency));
    CHECK(time[0].max == (queries->mean ? "500" : "500ms"));
  }
  CHECK(!builtin_queries("unheard-of"));
}

TEST_CASE("an AnalysisTemplate is carried over with its times and a value that is missing is named") {
  const Imported made = made_of(analysis_template);
  const Policy policy = policy_of(made);
  REQUIRE(policy.checks.size() == 1);
  CHECK(policy.checks[0].max.value() == doctest::Approx(0.05));
  CHECK(policy.checks[0].on_no_data == Fallback::pass);
  CHECK(policy.window == std::chrono::minutes(22));
  CHECK(policy.warmup == std::chrono::minutes(2));
  CHECK(made.text.find("CHANGE-ME-service") != std::string::npos);
  CHECK(remarks_say(made, "measured by job"));
}

TEST_CASE("an address that is none is left out and named") {
  std::string text = analysis_template;
  text.replace(text.find("http://prom:9090"), 16, "http://prom:{{args.port}}");
  const Imported made = made_of(text);
  CHECK(policy_of(made).canary.prometheus.has_value());
  CHECK(made.text.find("CHANGE-ME-prometheus") != std::string::npos);
  CHECK(remarks_say(made, "it is no address"));
}

TEST_CASE("a Rollout brings its arguments and its abort") {
  const Imported made = made_of(analysis_template + rollout);
  const Policy policy = policy_of(made);
  CHECK(policy.service == "shop");
  CHECK(to_text(policy.checks.at(0).total) == R"(http_requests_total{app="shop-canary"})");
  CHECK(made.text.find("argo_rollouts: {rollout: 'prod/shop', do: abort}") != std::string::npos);
  CHECK(remarks_say(made, "AnalysisTemplate 'elsewhere'"));
}

TEST_CASE("a Rollout alone is refused with what to do") {
  const Imported made = made_of(rollout);
  CHECK(made.text.empty());
  CHECK(made.refusal.find("no check is left") != std::string::npos);
  CHECK(made.refusal.find("listed above") != std::string::npos);
  CHECK(remarks_say(made, "give its file to davy import"));
}

TEST_CASE("a Kayenta configuration compares gauges and leaves the sides to be filled in") {
  const Imported made = made_of(R"q({"name": "shop", "judge": {"name": "x"}, "metrics": [
    {"name": "cpu", "query": {"type": "prometheus", "metricName": "node_cpu", "labelBindings": ["mode=~\"user|system\""]},
     "analysisConfigurations": {"canary": {"direction": "increase", "critical": true}}},
    {"name": "own", "query": {"type": "prometheus", "customInlineTemplate": "PromQL:avg(load{app='${scope}'})"}},
    {"name": "other", "query": {"type": "atlas", "q": "x"}}], "classifier": {}})q");
  const Policy policy = policy_of(made);
  REQUIRE(policy.checks.size() == 2);
  CHECK(policy.checks[0].method == Method::mann_whitney);
  CHECK(policy.checks[0].severity == Severity::p1);
  CHECK(policy.checks[1].canary_query == "avg(load{app='CHANGE-ME-canary-scope'})");
  CHECK(policy.checks[1].baseline_query == "avg(load{app='CHANGE-ME-baseline-scope'})");
  CHECK(policy.checks[1].severity == Severity::p2);
  CHECK(remarks_say(made, "measured by atlas"));
  CHECK(remarks_say(made, "direction: either"));
}

TEST_CASE("alerting rules become limits or are carried over whole") {
  const Imported made = made_of_file("alerts.yaml");
  const Policy policy = policy_of(made);
  REQUIRE(policy.checks.size() == 4);
  CHECK(policy.checks[0].kind == CheckKind::ratio);
  CHECK(policy.checks[0].max.value() == doctest::Approx(0.05));
  CHECK(policy.checks[0].severity == Severity::p1);
  CHECK(policy.checks[1].kind == CheckKind::latency);
  CHECK(policy.checks[1].severity == Severity::p2);
  CHECK(policy.checks[2].canary_query == R"(3 - (sum(up{job="checkout"})))");
  CHECK(policy.checks[3].canary_query ==
        "count(queue_depth > 100 and rate(queue_done_total[5m]) == 0) or vector(0)");
  CHECK(policy.checks[3].max.value() == 0);
  CHECK(policy.checks[3].confirmations == 40);
  CHECK(policy.window > std::chrono::minutes(20));
  CHECK(remarks_say(made, "the recording rule"));
}

TEST_CASE("an objective becomes a share of errors by the fast burn and says so") {
  const Imported made = made_of_file("sloth.yaml");
  const Policy policy = policy_of(made);
  REQUIRE(policy.checks.size() == 2);
  CHECK(policy.checks[0].kind == CheckKind::ratio);
  CHECK(policy.checks[0].max.value() == doctest::Approx(0.0144));
  CHECK(policy.checks[1].canary_query == "max(job:error_ratio:rate5m)");
  CHECK(policy.checks[1].max.value() == doctest::Approx(0.6));
  CHECK(remarks_say(made, "14.4 times the budget of 0.1%"));
  CHECK(remarks_say(made, "made by a plugin"));
}

TEST_CASE("OpenSLO finds its indicator in another document") {
  const Imported made = made_of_file("openslo.yaml");
  const Policy policy = policy_of(made);
  REQUIRE(policy.checks.size() == 2);
  CHECK(to_text(policy.checks[0].errors) == R"(http_requests_total{job="checkout",code=~"5.."})");
  CHECK(policy.checks[0].max.value() == doctest::Approx(0.072));
  CHECK(policy.checks[1].kind == CheckKind::latency);
  CHECK(policy.checks[1].max.value() == doctest::Approx(0.5));
}

TEST_CASE("text of the source never becomes structure of the policy") {
  const Imported made = made_of(
      "groups:\n  - name: 'a: [b'\n    rules:\n      - alert: \"x'\\nchecks: []\"\n        expr: "
      "\"sum(a{b='${HOME}',c='$$'})\\n > 1\"\n"
      "        annotations: {summary: \"one\\nmode: enforce\"}\n");
  const Policy policy = policy_of(made);
  CHECK(policy.mode == Mode::observe);
  CHECK(policy.service == "a: [b");
  REQUIRE(policy.checks.size() == 1);
  CHECK(policy.checks[0].canary_query == "sum(a{b='${HOME}',c='$$'})");
}

TEST_CASE("what is nothing that can be imported is refused and what is no YAML is an error with its line") {
  CHECK(made_of("kind: Service\nmetadata: {name: x}\n").refusal.find("it is a Service") != std::string::npos);
  const auto broken = read_documents("a: 1\n---\nb: [1\n", "f.yaml");
  REQUIRE(!broken);
  CHECK(broken.error().message().starts_with("f.yaml:"));
  CHECK(!read_documents("", "f.yaml"));
  CHECK(!read_documents("# nothing\n---\n", "f.yaml"));
}

TEST_CASE("confirmations last as long as the source waits and never longer than half of the window") {
  CHECK(confirmations_for(std::chrono::minutes(2), std::chrono::minutes(10)) == 8);
  CHECK(confirmations_for(std::chrono::minutes(30), std::chrono::minutes(10)) == 20);
  CHECK(confirmations_for(std::chrono::seconds(1), std::chrono::minutes(10)) == 2);
}

}  // namespace davy::config::imported
