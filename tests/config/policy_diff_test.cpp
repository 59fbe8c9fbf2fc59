// What a change of policy is said to mean: one sentence a difference, none for a change of spelling.

#include "config/policy_diff.hpp"

#include "config/policy_loader.hpp"
#include "core/base/text.hpp"

#include <doctest/doctest.h>

namespace davy::config {
namespace {

const std::string base = R"(version: davy/v1
service: checkout
canary: {targets: ["http://new:9090/metrics"]}
baseline: {targets: ["http://old:9090/metrics"]}
window: 10m
checks:
  - name: errors
    ratio: {errors: 'requests_total{code=~"5.."}', total: requests_total}
    max: 5%
    max_increase: 100%
    ignore_increase_below: 0.5pp
rollback:
  - http: {url: "https://deploy.example/rollback"}
)";

Policy read(const std::string& text) {
  auto loaded = load_policy(text, "a.yaml", [](const std::string&) { return std::nullopt; });
  INFO(loaded.problems->to_text());
  REQUIRE(loaded.policy.has_value());
  return std::move(*loaded.policy);
}

std::string with(const std::string& what, const std::string& instead) {
  std::string text = base;
  const auto place = text.find(what);
  REQUIRE(place != std::string::npos);
  return text.replace(place, what.size(), instead);
}

struct Change {
  std::string what, instead;
  std::vector<std::string> said;
};

}  // namespace

TEST_CASE("every difference is one sentence with its meaning") {
  const std::vector<Change> changes{
      {"max: 5%", "max: 10%", {"errors: the absolute limit rises from 5% to 10.0%: fewer rollbacks"}},
      {"max: 5%", "max: 1%", {"errors: the absolute limit falls from 5% to 1%: more rollbacks"}},
      {"    max: 5%\n", "", {"errors: the absolute limit goes from 5% to none: one way less to fail"}},
      {"max_increase: 100%",
       "max_increase: 50%",
       {"errors: the allowed increase over the baseline falls from 100% to 50.0%: more rollbacks"}},
      {"max_increase: 100%",
       "max_increase: 2pp",
       {"errors: the allowed increase over the baseline goes from 100% to 2pp: measured in another way"}},
      {"service: checkout",
       "service: checkout\nmode: observe",
       {"the mode goes from enforce to observe: from now on Davy only reports"}},
      {"window: 10m",
       "window: 30m",
       {"the window grows from 10m to 30m: a verdict may come later, and smaller faults are found"}},
      {"window: 10m",
       "window: 10m\nconfidence: 99.9%",
       {"the share of healthy canaries that may be accused goes from 1% to 0.1%: fewer false alarms, and "
        "later "
        "verdicts"}},
      {"http://new:9090",
       "http://newer:9090",
       {"canary goes from http://new:9090/metrics to http://newer:9090/metrics"}},
      {"total: requests_total",
       "total: all_total",
       {"errors: what is measured goes from requests_total{code=~\"5..\"} in requests_total to "
        "requests_total{code=~\"5..\"} in all_total"}},
      {"deploy.example", "deploys.example", {"rollback: the options of http change"}},
      {"  - http: {url: \"https://deploy.example/rollback\"}",
       "  - exec: {argv: [undo]}",
       {"rollback goes from http to exec"}},
      {"rollback:",
       "  - name: memory\n    gauge: process_resident_memory_bytes\n    max: 1GiB\nrollback:",
       {"check memory is new: the mean of process_resident_memory_bytes; a breach means a rollback"}},
      {"name: errors",
       "name: faults",
       {"check errors is gone: requests_total{code=~\"5..\"} in requests_total is no longer judged",
        "check faults is new: requests_total{code=~\"5..\"} in requests_total; a breach means a rollback"}},
  };
  for (const Change& change : changes) {
    CAPTURE(change.instead);
    CHECK(join(policy_differences(read(base), read(with(change.what, change.instead))), "; ") ==
          join(change.said, "; "));
  }
}

TEST_CASE("a change of spelling means the same") {
  CHECK(policy_differences(read(base), read(with("window: 10m", "window: '10m'  # ten"))).empty());
}

TEST_CASE("what there are no words for is not left out") {
  Policy before = read(base), after = before;
  after.digest = "0000000000000000";
  CHECK(policy_differences(before, after) ==
        std::vector<std::string>{"something else changes; compare the files"});
}

}  // namespace davy::config
