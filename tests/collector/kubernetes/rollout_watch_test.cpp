// A workload with what belongs to it, kept up to date.

#include "collector/kubernetes/rollout_watch.hpp"

#include "tests/support/fake_workload.hpp"

namespace davy::collector {
namespace {

using namespace std::chrono_literals;
using test::FakeKube;
using test::FakeWorkload;

Result<void> ready(FakeWorkload& world, RolloutWatch& watch, Duration patience = 3s) {
  return test::run(world.api.loop, watch.ready(net::Deadline::after(patience)));
}

}  // namespace

TEST_CASE("a workload is asked for by name and what belongs to it by its selector") {
  FakeWorkload world;
  world.deploy(1).deploy(2).pod("a", 1).pod("b", 2);
  world.replica_sets.push_back({{"metadata", {{"name", "other"}, {"uid", "x"}}}});
  const auto watch = world.watch();
  REQUIRE(ready(world, *watch).has_value());
  CHECK(watch->workload()->uid == "d1");
  REQUIRE(watch->revisions().size() == 2);
  CHECK(watch->revisions().back().hash == "h2");
  CHECK(watch->pods().size() == 2);
  CHECK(world.api.seen("GET", "/deployments?limit=500&fieldSelector=metadata.name%3Dcheckout").size() >= 1);
  CHECK(world.api.seen("GET", "/replicasets?limit=500&labelSelector=app%3Dcheckout").size() >= 1);
  CHECK(world.api.seen("GET", "/pods?limit=500&labelSelector=app%3Dcheckout").size() >= 1);
}

TEST_CASE("a workload that does not exist is told and found when it is made") {
  FakeWorkload world;
  world.exists = false;
  const auto watch = world.watch();
  const auto missing = ready(world, *watch);
  REQUIRE(!missing.has_value());
  CHECK(missing.error().cause() == "no_workload");
  CHECK(missing.error().message() == "deployment shop/checkout does not exist; check namespace and name");
  world.exists = true;
  world.deploy(1);
  CHECK(world.api.until([&] { return watch->workload() != nullptr; }));
  CHECK(ready(world, *watch).has_value());
}

TEST_CASE(
    "K11 a workload that is deleted is no more and one that comes back is followed by its new selector") {
  FakeWorkload world;
  world.deploy(1).pod("a", 1);
  const auto watch = world.watch();
  REQUIRE(ready(world, *watch).has_value());
  world.exists = false;
  CHECK(world.api.until([&] { return watch->workload() == nullptr; }));
  CHECK(watch->revisions().empty());
  world.selector = "other";
  world.exists = true;
  CHECK(world.api.until(
      [&] { return !world.api.seen("GET", "/pods?limit=500&labelSelector=app%3Dother").empty(); }));
  CHECK(ready(world, *watch).has_value());
}

TEST_CASE("K10 a right that is missing on what belongs to it is told and the rest is known") {
  FakeWorkload world;
  world.deploy(1);
  world.api.on("GET", "/pods?", test::refused(403, "Forbidden", "cannot list pods"));
  const auto watch = world.watch();
  const auto denied = ready(world, *watch, 200ms);
  REQUIRE(!denied.has_value());
  CHECK(denied.error().message().find("cannot list pods") != std::string::npos);
  CHECK(watch->workload() != nullptr);
  CHECK(watch->problem()->cause() == "forbidden");
}

}  // namespace davy::collector
