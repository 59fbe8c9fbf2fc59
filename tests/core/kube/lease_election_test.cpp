// The election as a dialogue with a lease that is really kept, at a fiftieth of the usual pace.

#include "core/kube/lease_election.hpp"

#include "tests/support/stored_object.hpp"

#include <boost/asio/detached.hpp>

namespace davy::kube {
namespace {

using namespace std::chrono_literals;
using test::FakeKube;
using test::refused;

constexpr const char* collection = "/apis/coordination.k8s.io/v1/namespaces/shop/leases";
constexpr const char* one_lease = "/leases/davy-checkout";

struct Candidate {
  explicit Candidate(FakeKube& api, const std::string& identity)
      : api_(api),
        election(api.loop.get_executor(), api.client(), std::make_shared<SystemClock>(), options(identity),
                 [this](const std::string& sentence) { heard.push_back(sentence); }) {}

  static LeaseOptions options(const std::string& identity) {
    return {"shop", "davy-checkout", "checkout", identity, 300ms, 200ms, 40ms};
  }

  bool acquires() { return test::run(api_.loop, election.acquire()); }
  void hold() {
    boost::asio::co_spawn(api_.loop, election.hold(), [this](std::exception_ptr) { lost = true; });
  }
  bool said(const std::string& text) const {
    return std::any_of(heard.begin(), heard.end(),
                       [&](const std::string& line) { return line.find(text) != std::string::npos; });
  }

  FakeKube& api_;
  std::vector<std::string> heard;
  LeaseElection election;
  bool lost = false;
};

struct Town {
  FakeKube api;
  test::StoredObject lease{api, collection, "davy-checkout"};
  std::string holder() const { return read_lease(lease.json()).holder; }
  std::int64_t transitions() const { return read_lease(lease.json()).transitions; }
};

json::object held_by(const std::string& holder, int seconds) {
  return {{"holderIdentity", holder}, {"leaseDurationSeconds", seconds}, {"leaseTransitions", 7}};
}

}  // namespace

TEST_CASE("a lease that is not there is made and held and given up") {
  Town town;
  Candidate one(town.api, "one");
  CHECK_FALSE(one.election.may_act());
  REQUIRE(one.acquires());
  CHECK(one.election.may_act());
  CHECK(town.holder() == "one");
  CHECK(town.api.seen("POST", collection).size() == 1);
  CHECK(one.said("leading as one"));
  one.hold();
  const std::size_t renewals = town.api.seen("PUT", one_lease).size();
  CHECK(town.api.until([&] { return town.api.seen("PUT", one_lease).size() >= renewals + 3; }));
  CHECK(town.transitions() == 1);
  one.election.stop();
  CHECK(town.api.until([&] { return one.lost; }));
  const auto given_up = [&]() -> boost::asio::awaitable<int> {
    co_await one.election.give_up();
    co_return 0;
  };
  test::run(town.api.loop, given_up());
  CHECK(town.holder() == "");
  CHECK_FALSE(one.election.may_act());
}

TEST_CASE("a lease that another makes at the same moment is lost and waited for") {
  Town town;
  town.api.on("POST", collection, [&](const test::KubeCall&) {
    town.lease.set("spec", held_by("the faster", 1));
    return refused(409, "AlreadyExists", "it already exists");
  });
  Candidate one(town.api, "one");
  bool leads = false;
  boost::asio::co_spawn(town.api.loop, one.election.acquire(),
                        [&](std::exception_ptr, bool is_so) { leads = is_so; });
  CHECK(town.api.until([&] { return one.said("the faster leads; waiting"); }));
  CHECK_FALSE(leads);
  CHECK(town.api.until([&] { return leads; }));  // it has been silent for the second that it lasts
  CHECK(town.transitions() == 8);
}

TEST_CASE("K04 a lease that another takes between the look and the write is waited for") {
  Town town;
  town.lease.set("spec", held_by("", 1));
  town.api.on("PUT", one_lease, [&](const test::KubeCall&) {
    town.lease.set("spec", held_by("the faster", 5));
    return refused(409, "Conflict", "the object has been modified");
  });
  Candidate one(town.api, "one");
  boost::asio::co_spawn(town.api.loop, one.election.acquire(), [](std::exception_ptr, bool) {});
  CHECK(town.api.until([&] { return one.said("the faster leads; waiting"); }));
  CHECK_FALSE(one.election.may_act());
  one.election.stop();
}

TEST_CASE("L03 a lease that cannot be renewed forbids acting before anybody else may lead") {
  Town town;
  Candidate one(town.api, "one");
  REQUIRE(one.acquires());
  const auto renewed = std::chrono::steady_clock::now();
  town.api.on("PUT", one_lease, refused(500, "InternalError", "etcd is away"));
  one.hold();
  CHECK(town.api.until([&] { return !one.election.may_act(); }));
  CHECK(std::chrono::steady_clock::now() - renewed < 300ms);
  CHECK(town.api.until([&] { return one.lost; }));
  CHECK(one.said("could not be renewed in time; stepping down"));
  CHECK(one.said("etcd is away"));
}

TEST_CASE("L04 a renewal that is refused once because the lease was changed is made again") {
  Town town;
  Candidate one(town.api, "one");
  REQUIRE(one.acquires());
  one.hold();
  town.lease.set("note", "somebody touched it");
  const std::size_t renewals = town.api.seen("PUT", one_lease).size();
  CHECK(town.api.until([&] { return town.api.seen("PUT", one_lease).size() >= renewals + 3; }));
  CHECK_FALSE(one.lost);
  town.lease.remove();
  CHECK(town.api.until([&] { return town.lease.exists(); }));
  CHECK_FALSE(one.lost);
  one.election.stop();
}

TEST_CASE("K03 a renewal whose answer is lost is still a renewal") {
  Town town;
  Candidate one(town.api, "one");
  REQUIRE(one.acquires());
  bool broken = false;
  town.api.on("PUT", one_lease, [&](const test::KubeCall& call) {
    if (!std::exchange(broken, true)) {
      town.lease.set("spec", call.json().at("spec"));
      return test::Script{"", test::Then::reset};
    }
    const json::object sent = call.json().as_object();
    town.lease.set("spec", sent.at("spec"));
    return test::said(json::serialize(town.lease.json()));
  });
  one.hold();
  CHECK(town.api.until([&] { return town.api.seen("PUT", one_lease).size() >= 5; }));
  CHECK_FALSE(one.lost);
  CHECK(town.transitions() == 1);
  one.election.stop();
}

TEST_CASE("L05 a lease that is given to somebody else by hand is left at once") {
  Town town;
  Candidate one(town.api, "one");
  REQUIRE(one.acquires());
  one.hold();
  town.lease.set("spec", held_by("somebody", 5));
  CHECK(town.api.until([&] { return one.lost; }));
  CHECK(one.said("somebody leads now; stepping down"));
  CHECK_FALSE(one.election.may_act());
}

TEST_CASE("L09 the lease of another service is refused") {
  Town town;
  town.lease.set("metadata", json::object{{"labels", json::object{{"davy/service", "basket"}}}});
  Candidate one(town.api, "one");
  boost::asio::co_spawn(town.api.loop, one.election.acquire(), [](std::exception_ptr, bool) {});
  CHECK(town.api.until([&] { return one.said("belongs to the service basket"); }));
  CHECK(town.api.seen("PUT", one_lease).empty());
  one.election.stop();
}

TEST_CASE("K09 K10 rights that are missing are said once and the lease is asked for again") {
  Town town;
  town.api.on("GET", one_lease, refused(403, "Forbidden", "cannot get leases"));
  Candidate one(town.api, "one");
  bool leads = false;
  boost::asio::co_spawn(town.api.loop, one.election.acquire(),
                        [&](std::exception_ptr, bool is_so) { leads = is_so; });
  CHECK(town.api.until([&] { return town.api.calls.size() >= 4; }));
  CHECK(one.heard.size() == 1);
  CHECK(one.said("cannot get leases"));
  town.api.on("GET", one_lease, refused(404, "NotFound", "not found"));
  CHECK(town.api.until([&] { return leads; }));
}

}  // namespace davy::kube
