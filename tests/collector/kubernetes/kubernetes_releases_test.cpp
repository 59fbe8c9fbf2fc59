// When a revision is a release.

#include "collector/kubernetes/kubernetes_releases.hpp"

#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_workload.hpp"

namespace davy::collector {
namespace {

using namespace std::chrono_literals;
using test::FakeWorkload;

struct Source {
  explicit Source(FakeWorkload& world)
      : world_(world),
        watch(world.watch()),
        clock(std::make_shared<test::FakeClock>()),
        releases(watch, "checkout", 10min, clock) {}

  // "" where there is none.
  std::string look() {
    const auto seen = test::run(world_.api.loop, releases.look());
    REQUIRE(seen.has_value());
    return *seen ? (*seen)->release : "";
  }
  std::string look_until_it_shows(const std::string& hash) {
    REQUIRE(world_.api.until([&] {
      const auto revisions = watch->revisions();
      const auto pair =
          watch->workload() == nullptr ? kube::RevisionPair() : kube::newest(*watch->workload(), revisions);
      return pair.current != nullptr && pair.current->hash == hash;
    }));
    return look();
  }

  FakeWorkload& world_;
  std::shared_ptr<RolloutWatch> watch;
  std::shared_ptr<test::FakeClock> clock;
  KubernetesReleases releases;
};

}  // namespace

TEST_CASE("a new revision is a release once and says what pins it") {
  FakeWorkload world;
  world.deploy(1);
  Source source(world);
  CHECK(source.look() == "");
  world.deploy(2);
  CHECK(source.look_until_it_shows("h2") == "checkout-2-h2");
  CHECK(source.look() == "");
  const auto current = test::run(world.api.loop, source.releases.current());
  REQUIRE(current.has_value());
  CHECK(current->revision == "2@h2");
  CHECK(current->facts ==
        std::map<std::string, std::string>{{"kubernetes.workload", "deployment shop/checkout"},
                                           {"kubernetes.uid", "d1"},
                                           {"kubernetes.revision", "2"},
                                           {"kubernetes.hash", "h2"}});
}

TEST_CASE("a template without its ReplicaSet is no release yet") {
  FakeWorkload world;
  world.deploy(1);
  Source source(world);
  CHECK(source.look() == "");
  world.current = 2;
  CHECK(world.api.until(
      [&] { return kube::newest(*source.watch->workload(), source.watch->revisions()).current == nullptr; }));
  CHECK(source.look() == "");
  const auto current = test::run(world.api.loop, source.releases.current());
  REQUIRE(!current.has_value());
  CHECK(current.error().retryable());
  world.deploy(2);
  CHECK(source.look_until_it_shows("h2") == "checkout-2-h2");
}

TEST_CASE("at the first look a rollout under way is a release and an old or first one is not") {
  struct Case {
    const char* name;
    int versions;
    std::int64_t updated;
    const char* created;
    bool is_release;
  };
  // The clock stands at noon and "recent" is ten minutes.
  for (const Case& c : {Case{"the first of all", 1, 1, "2024-05-01T11:59:00Z", false},
                        Case{"under way", 2, 1, "2024-05-01T08:00:00Z", true},
                        Case{"complete and young", 2, 2, "2024-05-01T11:55:00Z", true},
                        Case{"complete and old", 2, 2, "2024-05-01T08:00:00Z", false},
                        Case{"complete and of unknown age", 2, 2, "", false}}) {
    CAPTURE(c.name);
    FakeWorkload world;
    world.created = c.created;
    for (int version = 1; version <= c.versions; ++version) world.deploy(version);
    world.updated = c.updated;
    Source source(world);
    CHECK((source.look() != "") == c.is_release);
  }
}

TEST_CASE("what Davy itself restored is no release and neither is what it judges") {
  FakeWorkload world;
  world.deploy(1);
  Source source(world);
  CHECK(source.look() == "");
  world.deploy(2);
  source.releases.watching({{"kubernetes.hash", "h2"}});
  CHECK(source.look_until_it_shows("h2") == "");
  CHECK(source.watch->judged() == "h2");
  source.releases.ended();
  CHECK(source.watch->judged().empty());
  world.annotations["davy/restored"] = "h1";
  world.deploy(1);
  CHECK(source.look_until_it_shows("h1") == "");
  // The same bad version again is one.
  world.deploy(2);
  CHECK(source.look_until_it_shows("h2") == "checkout-2-h2");
}

}  // namespace davy::collector
