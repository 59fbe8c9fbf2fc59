// Which pods stand for which side of a release.

#include "collector/kubernetes/kubernetes_targets.hpp"

#include "tests/support/fake_workload.hpp"

#include <set>

namespace davy::collector {
namespace {

using test::FakeWorkload;
using Names = std::set<std::string>;

struct OneSide {
  OneSide(FakeWorkload& world, std::shared_ptr<RolloutWatch> watch, Side side, KubernetesTargets pods)
      : world_(world), discovery(side, std::move(pods), ScrapeSpec(), std::move(watch), "pod-own") {}

  Names names() {
    const auto targets = test::run(world_.api.loop, discovery.targets());
    REQUIRE(targets.has_value());
    Names found;
    for (const Target& target : *targets) found.insert(std::string(*target.labels.get("pod")));
    return found;
  }
  // Asks until they are these.
  bool becomes(const Names& wanted) {
    for (int i = 0; i < 500; ++i) {
      if (names() == wanted) return true;
      world_.api.until([] { return false; }, std::chrono::milliseconds(5));
    }
    return false;
  }

  FakeWorkload& world_;
  KubernetesTargetsDiscovery discovery;
};

KubernetesTargets pods_of(const std::string& revision) {
  KubernetesTargets pods;
  pods.name_space = "shop";
  pods.name = "checkout";
  pods.revision = revision;
  return pods;
}

}  // namespace

TEST_CASE("the pods of the judged revision are new and all others of the workload old") {
  FakeWorkload world;
  world.deploy(1).deploy(2).pod("a", 1).pod("b", 1).pod("c", 2).pod("stranger", 7);
  const auto watch = world.watch();
  OneSide canary(world, watch, Side::canary, pods_of("new")),
      baseline(world, watch, Side::baseline, pods_of("old"));
  OneSide first(world, watch, Side::baseline, pods_of("1")), any(world, watch, Side::baseline, pods_of(""));
  // While nothing is judged, what serves now is what the next release is compared with.
  CHECK(canary.becomes({}));
  CHECK(baseline.names() == Names{"a", "b", "c"});
  watch->judge("h2");
  CHECK(canary.names() == Names{"c"});
  CHECK(baseline.names() == Names{"a", "b"});
  CHECK(first.names() == Names{"a", "b"});
  CHECK(any.names() == Names{"a", "b", "c"});
  CHECK_FALSE(baseline.discovery.replaced());
  world.remove_pod("a");
  world.remove_pod("b");
  CHECK(baseline.becomes({}));
  CHECK(baseline.discovery.replaced());
}

TEST_CASE("a baseline that is gone while the canary is not ready either is not replaced") {
  FakeWorkload world;
  world.deploy(1).deploy(2).pod("c", 2, false);
  const auto watch = world.watch();
  watch->judge("h2");
  OneSide baseline(world, watch, Side::baseline, pods_of("old"));
  CHECK(baseline.names() == Names{});
  CHECK_FALSE(baseline.discovery.replaced());
}

TEST_CASE("a pod that is not ready is scraped and one that ends or has no address is not") {
  FakeWorkload world;
  world.deploy(1).pod("starting", 1, false).pod("ending", 1).pod("homeless", 1).pod("failed", 1);
  world.pods[1].at("metadata").as_object()["deletionTimestamp"] = "2024-05-01T12:00:00Z";
  world.pods[2].at("status").as_object().erase("podIP");
  world.pods[3].at("status").as_object()["phase"] = "Failed";
  const auto watch = world.watch();
  OneSide side(world, watch, Side::baseline, pods_of(""));
  CHECK(side.names() == Names{"starting"});
  // The platform's word is asked of those too that have no address.
  CHECK(side.discovery.instances().size() == 2);
}

TEST_CASE("restarts and what is wrong come with the instances") {
  FakeWorkload world;
  world.deploy(1).pod("a", 1, true, 3);
  world.pods[0].at("status").as_object()["containerStatuses"] = boost::json::array{
      boost::json::object{{"restartCount", 3}, {"state", {{"waiting", {{"reason", "CrashLoopBackOff"}}}}}}};
  const auto watch = world.watch();
  OneSide side(world, watch, Side::canary, pods_of(""));
  CHECK(side.names() == Names{"a"});
  REQUIRE(side.discovery.instances().size() == 1);
  const InstanceState state = side.discovery.instances().front();
  CHECK(state.target == "pod/pod-a");
  CHECK(state.for_canary);
  CHECK(state.restarts == 3);
  CHECK(state.trouble == "CrashLoopBackOff");
}

TEST_CASE("a pod without a port that can be chosen is a problem of its own") {
  FakeWorkload world;
  world.deploy(1).pod("a", 1).pod("b", 1);
  world.pods[1]["spec"] = boost::json::object();
  const auto watch = world.watch();
  OneSide side(world, watch, Side::baseline, pods_of(""));
  CHECK(side.names() == Names{"a"});
  REQUIRE(side.discovery.problems().size() == 1);
  CHECK(side.discovery.problems()[0].message().find("pod b needs port") == 0);
}

TEST_CASE("annotations can take a pod out and our own pod is asked on loopback") {
  FakeWorkload world;
  world.deploy(1).pod("own", 1).pod("out", 1);
  world.pods[1].at("metadata").as_object()["annotations"] =
      boost::json::object{{"prometheus.io/scrape", "false"}};
  KubernetesTargets pods = pods_of("");
  pods.annotations = pods.own_pod_on_loopback = true;
  const auto watch = world.watch();
  OneSide side(world, watch, Side::baseline, pods);
  CHECK(side.names() == Names{"own"});
  const auto targets = test::run(world.api.loop, side.discovery.targets());
  CHECK(targets->at(0).url == "http://127.0.0.1:80/metrics");
  CHECK(targets->at(0).labels.get("revision") == "h1");
}

TEST_CASE("K01 while the API is away what was known stays and is said to be old") {
  FakeWorkload world;
  world.deploy(1).pod("a", 1);
  const auto watch = world.watch();
  OneSide side(world, watch, Side::canary, pods_of(""));
  CHECK(side.names() == Names{"a"});
  world.api.on("GET", "/pods?", test::refused(503, "ServiceUnavailable", "away"));
  world.api.on("GET", "/pods?watch", test::refused(503, "ServiceUnavailable", "away"));
  CHECK(world.api.until([&] { return watch->problem().has_value(); }));
  CHECK(side.names() == Names{"a"});
  REQUIRE(side.discovery.problems().size() == 1);
  CHECK(side.discovery.problems()[0].message().find(
            "canary.kubernetes: what is known of the pods may be old: ") == 0);
}

TEST_CASE("K10 before anything is known the reason is an error") {
  FakeWorkload world;
  world.api.on("GET", "/deployments?", test::refused(403, "Forbidden", "cannot list deployments"));
  ScrapeSpec hasty;
  hasty.timeout = std::chrono::milliseconds(100);
  KubernetesTargetsDiscovery discovery(Side::canary, pods_of("new"), hasty, world.watch(), "");
  const auto targets = test::run(world.api.loop, discovery.targets());
  REQUIRE(!targets.has_value());
  CHECK(targets.error().message().find("canary.kubernetes: GET ") == 0);
  CHECK(targets.error().message().find("cannot list deployments") != std::string::npos);
}

}  // namespace davy::collector
