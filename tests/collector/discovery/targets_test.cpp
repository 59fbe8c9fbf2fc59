#include "collector/discovery/file_targets.hpp"
#include "collector/discovery/side_discovery.hpp"
#include "collector/discovery/static_targets.hpp"
#include "tests/support/run.hpp"
#include "tests/support/scratch.hpp"

#include <doctest/doctest.h>

using namespace davy;
using namespace davy::collector;

namespace {

std::vector<std::string> urls(Discovery& discovery) {
  boost::asio::io_context loop;
  const auto found = test::run(loop, discovery.targets());
  std::vector<std::string> out;
  if (!found) return {found.error().message()};
  for (const Target& target : *found) out.push_back(target.url);
  return out;
}

using Urls = std::vector<std::string>;

}  // namespace

TEST_CASE("listed targets are completed with scheme and path and what is no URL is a problem") {
  ScrapeSpec spec;
  spec.scheme = "https";
  spec.metrics_path = "/m";
  StaticTargets targets(Side::canary, {"10.0.0.1:9090", "http://c:1/x", "http://"}, spec);
  CHECK(urls(targets) == Urls{"https://10.0.0.1:9090/m", "http://c:1/x"});
  CHECK(targets.problems().size() == 1);
}

TEST_CASE("a discovery file is JSON or YAML and its labels stay with the target") {
  for (const char* content :
       {R"([{"targets": ["a:1", "b:2"], "labels": {"team": "pay", "__metrics_path__": "/x"}}])",
        "- targets: [a:1, b:2]\n  labels:\n    team: pay\n    __metrics_path__: /x\n"}) {
    const auto targets = parse_file_sd(content, Side::baseline, {});
    REQUIRE(targets.has_value());
    REQUIRE(targets->size() == 2);
    CHECK((*targets)[0].url == "http://a:1/x");
    CHECK((*targets)[0].labels == Labels{{"team", "pay"}});
    CHECK((*targets)[1].side == Side::baseline);
  }
}

TEST_CASE("a discovery file that is not in the format is an error with its place") {
  CHECK(parse_file_sd("{}", Side::canary, {}).error().message() ==
        "line 1: expected a list of {targets: [...], labels: {...}}");
  CHECK(parse_file_sd("- labels: {a: b}\n", Side::canary, {}).error().message() ==
        "line 1: a group without targets");
  CHECK(parse_file_sd("- target: [a:1]\n", Side::canary, {}).error().message() ==
        "line 1: expected targets: [...] and labels: {...}");
  CHECK_FALSE(parse_file_sd("[{", Side::canary, {}).has_value());
}

TEST_CASE("a discovery file is read again when it changes and a broken one keeps its last targets") {
  test::Scratch scratch;
  const std::string file = scratch.write("a.yaml", "- targets: [a:1]\n");
  FileTargets targets(Side::canary, file, {});
  CHECK(urls(targets) == Urls{"http://a:1/metrics"});
  scratch.write("a.yaml", "- targets: [a:1, b:22]\n");
  CHECK(urls(targets) == Urls{"http://a:1/metrics", "http://b:22/metrics"});
  scratch.write("a.yaml", "- targets: {broken\n");
  CHECK(urls(targets).size() == 2);
  REQUIRE(targets.problems().size() == 1);
  CHECK(targets.problems()[0].cause() == "discovery_file");
  std::filesystem::remove(file);
  CHECK(urls(targets).size() == 2);
  scratch.write("a.yaml", "[]\n");
  CHECK(urls(targets).empty());
  CHECK(targets.problems().empty());
}

TEST_CASE("a glob finds files as they come and go") {
  test::Scratch scratch;
  FileTargets targets(Side::canary, (scratch.path() / "*.json").string(), {});
  CHECK(urls(targets) == Urls{"no file matches " + (scratch.path() / "*.json").string()});
  scratch.write("a.json", R"([{"targets": ["a:1"]}])");
  scratch.write("b.json", R"([{"targets": ["b:1"]}])");
  CHECK(urls(targets).size() == 2);
  std::filesystem::remove(scratch.path() / "a.json");
  CHECK(urls(targets) == Urls{"http://b:1/metrics"});
}

TEST_CASE("a side's policy chooses its discovery") {
  boost::asio::io_context loop;
  const auto resolver = std::make_shared<net::Resolver>(loop.get_executor());
  SideSpec spec;
  spec.dns = DnsTargets{"localhost", "A", 9100};
  const auto discovery = create_discovery(Side::canary, spec, {}, resolver);
  const auto found = test::run(loop, discovery->targets());
  REQUIRE(found.has_value());
  REQUIRE_FALSE(found->empty());
  CHECK(found->front().url.ends_with(":9100/metrics"));
}
