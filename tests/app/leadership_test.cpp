// A term as leader: with what the last one knew, and kept for the next one.

#include "app/leadership.hpp"

#include "tests/support/stored_object.hpp"

#include <boost/asio/detached.hpp>

namespace davy::app {
namespace {

using test::FakeKube;

constexpr const char* leases = "/apis/coordination.k8s.io/v1/namespaces/shop/leases";
constexpr const char* config_maps = "/api/v1/namespaces/shop/configmaps";

struct Town {
  FakeKube api;
  test::StoredObject lease{api, leases, "davy-checkout"};
  test::StoredObject state{api, config_maps, "davy-checkout"};
};

struct Davy {
  explicit Davy(Town& town, const std::string& identity)
      : town_(town),
        leadership(town.api.loop.get_executor(), town.api.client(), "checkout", "", identity,
                   [this](const std::string& sentence, bool is_trouble) {
                     (is_trouble ? troubles : heard).push_back(sentence);
                   }) {}

  journal::Journal& acquire() {
    journal = test::run(town_.api.loop, leadership.acquire());
    REQUIRE(journal != nullptr);
    return *journal;
  }
  void note(const std::string& release) {
    REQUIRE(
        journal->append({0, "checkout", release, {}, journal::EntryKind::release_started, "{}"}).has_value());
  }
  void save() {
    const auto one = [this]() -> boost::asio::awaitable<int> {
      co_await leadership.save();
      co_return 0;
    };
    test::run(town_.api.loop, one());
  }
  void give_up() {
    const auto one = [this]() -> boost::asio::awaitable<int> {
      co_await leadership.give_up();
      co_return 0;
    };
    test::run(town_.api.loop, one());
  }

  Town& town_;
  std::vector<std::string> heard, troubles;
  Leadership leadership;
  std::unique_ptr<journal::Journal> journal;
};

}  // namespace

TEST_CASE("L01 the next leader goes on with what the last one has saved") {
  Town town;
  Davy first(town, "one");
  first.acquire();
  first.note("r1");
  first.save();
  first.save();  // nothing new: nothing is sent
  CHECK(town.api.seen("POST", config_maps).size() + town.api.seen("PATCH", config_maps).size() == 1);
  first.give_up();
  Davy second(town, "two");
  CHECK(second.acquire().unfinished_release("checkout").value() == "r1");
  second.note("r2");
  second.save();
  CHECK(second.troubles.empty());
}

TEST_CASE("K03 a checkpoint whose answer was lost does not end all later ones") {
  Town town;
  Davy davy(town, "one");
  davy.acquire();
  davy.note("r1");
  davy.save();
  bool broken = false;
  town.api.on("PATCH", config_maps, [&](const test::KubeCall& call) {
    if (!std::exchange(broken, true)) {
      town.state.set("binaryData", call.json().at("binaryData"));  // written, and nobody hears of it
      return test::Script{"", test::Then::reset};
    }
    return town.state.patched(call);
  });
  davy.note("r2");
  davy.save();
  CHECK(davy.troubles.size() == 1);
  davy.note("r3");
  davy.save();
  CHECK(davy.troubles.size() == 1);
  davy.give_up();
  Davy next(town, "two");
  CHECK(next.acquire().unfinished_release("checkout").value() == "r3");
}

TEST_CASE("L02 whoever does not lead any more saves nothing") {
  Town town;
  Davy first(town, "one");
  first.acquire();
  first.note("r1");
  first.give_up();
  first.save();
  CHECK_FALSE(town.state.exists());
}

TEST_CASE("D07 a checkpoint that cannot be read is told and begun without") {
  Town town;
  town.state.set("binaryData", boost::json::object{{"journal.gz", "H4sIAAAAAAAAAwMAAAAAAAAAAAA="}});
  Davy davy(town, "one");
  CHECK(davy.acquire().unfinished_release("checkout").value().empty());
  CHECK(davy.troubles.empty());  // an empty one is no checkpoint
}

TEST_CASE("a lease has a name that the API takes") {
  CHECK(lease_name("checkout") == "davy-checkout");
  CHECK(lease_name("Check_Out/EU.") == "davy-check-out-eu");
  CHECK(lease_name(std::string(100, 'a')).size() == 63);
  CHECK(own_identity() != own_identity());
}

}  // namespace davy::app
