#include "config/explain.hpp"

#include "config/policy_loader.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace davy::config {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string explained(const std::string& name) {
  const auto path = std::filesystem::path(DAVY_TEST_DATA) / "policy" / "good" / name;
  return explain(*load_policy(read_file(path), name, empty_environment()).policy);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the smallest policy reads as English with its defaults") {
  CHECK(explained("smallest.yaml") ==
        "checkout: the canary is judged for 10 min after a deploy, every 5 s, beginning after 30 s.\n"
        "The canary is http://checkout-canary:9090/metrics.\n"
        "The baseline is http://checkout-stable:9090/metrics.\n"
        "\n"
        "- errors (P1): the canary breaches when the share of http_requests_total{code=~\"5..\"} in "
        "http_requests_total is "
        "above 5%, or more than twice the baseline; judged after every scrape, a healthy canary is accused "
        "in at most "
        "1% of the releases; with few members in the baseline it decides late, because nothing forgives "
        "that members differ: a max_increase of 30% or more with an ignore_increase_below helps; that "
        "rolls back.\n"
        "\n"
        "A rollback uses http, within 2 min, and counts only when traffic has left the canary within 5 min "
        "more. There are "
        "at least 30 min between two rollbacks of the service and at most 3 in 24 h; beyond that a human is "
        "needed.\n"
        "When the canary has no traffic or exposes no such series, Davy holds and tells. When targets do not "
        "answer for "
        "2 min, Davy holds and tells. When the window ends without enough to say, Davy holds and tells. When "
        "the baseline "
        "fails as well, Davy holds and tells.\n");
}

TEST_CASE("what differs from the defaults is said") {
  const std::string full = explained("full.yaml");
  CHECK(has(full, "with fewer than 2 answering it counts as unseen"));
  CHECK(has(full, "an increase below 0.5pp never counts"));
  CHECK(has(full, "in 3 rounds in a row, over the last 60 s and at least 50 requests"));
  CHECK(has(full, "that holds the release and tells"));
  CHECK(has(full, "haproxy, then http, then exec"));
  CHECK(
      has(full, "each of these is taken when the window before it has passed: 10% (5 min), 50% (10 min).\n"));
  CHECK(has(explained("pasted_scrape.yaml"), "Mode observe: nothing is ever done, only reported."));
}

TEST_CASE("a side that is asked of Prometheus and a query say where and what") {
  const std::string text = explained("prometheus.yaml");
  CHECK(has(text,
            "The canary is what Prometheus at http://prometheus.monitoring:9090/tenant-a knows, as far as "
            "{job=\"checkout\",version=\"new\"}, one instance a value of the label pod.\n"));
  CHECK(
      has(text,
          "- queue (P1): the canary breaches when the result of avg(queue_depth{version=\"new\"}) is above "
          "1,000, or more than 50.0% above the baseline; in 2 rounds in a row that give a number; that rolls "
          "back.\n"));
  CHECK(has(text, "more than 2s above the baseline"));
  CHECK(has(explained("promql_alone.yaml"),
            "- queue (P1): the canary breaches when the result of avg(queue_depth{version=\"new\"}) is above "
            "10MiB; in 3 rounds in a row that give a number; that rolls back.\n"));
}

}  // namespace davy::config
