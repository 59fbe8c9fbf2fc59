// Who may take a lease, by client-go's rules.

#include "core/kube/lease.hpp"

#include "core/kube/lease_election.hpp"
#include "tests/support/fake_clock.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

namespace davy::kube {
namespace {

using namespace std::chrono_literals;

LeaseRecord held_by(const std::string& holder, const std::string& renewed = "2024-05-01T12:00:00.000000Z") {
  LeaseRecord record;
  record.holder = holder;
  record.duration_s = 15;
  record.acquired = record.renewed = renewed;
  return record;
}

}  // namespace

TEST_CASE("a lease expires when it has not been seen to change for its duration") {
  test::FakeClock clock;
  LeaseView view;
  view.see(held_by("a"), clock.now());
  CHECK_FALSE(view.free(clock.now()));
  clock.advance(14s);
  view.see(held_by("a"), clock.now());
  CHECK_FALSE(view.free(clock.now()));
  clock.advance(1s);
  CHECK(view.free(clock.now()));
  view.see(held_by("a", "2024-05-01T12:00:02.000000Z"), clock.now());
  CHECK_FALSE(view.free(clock.now()));
}

TEST_CASE("the times inside a lease are never compared with ours") {
  test::FakeClock clock;
  for (const char* written : {"1999-01-01T00:00:00.000000Z", "2199-01-01T00:00:00.000000Z"}) {
    LeaseView view;
    view.see(held_by("a", written), clock.now());
    CHECK_FALSE(view.free(clock.now() + 14s));
    CHECK(view.free(clock.now() + 15s));
  }
}

TEST_CASE("a leader whose clock is slow by half again stops before its lease is free") {
  const LeaseOptions options;
  test::FakeClock follower;
  LeaseView view;
  LeaseRecord record = held_by("a");
  record.duration_s = static_cast<int>(options.duration.count() / 1'000'000'000);
  view.see(record, follower.now());
  const Duration until_leader_stops = options.renew_deadline * 3 / 2;  // as the follower's clock sees it
  follower.advance(until_leader_stops - 1ms);
  CHECK_FALSE(view.free(follower.now()));
}

TEST_CASE("a lease without a holder is free at once") {
  test::FakeClock clock;
  LeaseView view;
  view.see(LeaseRecord{}, clock.now());
  CHECK(view.free(clock.now()));
  CHECK_FALSE(view.held_by(""));
}

TEST_CASE("taking a lease counts a transition and renewing it does not") {
  test::FakeClock clock;
  LeaseRecord before = held_by("a");
  before.transitions = 4;
  const LeaseRecord taken_over = taken(before, "b", 15s, clock.wall());
  CHECK(taken_over.transitions == 5);
  CHECK(taken_over.acquired == taken_over.renewed);
  clock.advance(2s);
  const LeaseRecord renewed = taken(taken_over, "b", 15s, clock.wall());
  CHECK(renewed.transitions == 5);
  CHECK(renewed.acquired == taken_over.acquired);
  CHECK(renewed.renewed == "2024-05-01T12:00:02.000000Z");
}

TEST_CASE("a lease reads back as it was written") {
  LeaseRecord record = held_by("a");
  record.transitions = 3;
  CHECK(read_lease(boost::json::object{{"spec", lease_spec(record)}}) == record);
  CHECK(read_lease({}) == LeaseRecord{});
}

}  // namespace davy::kube
