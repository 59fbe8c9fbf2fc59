// When the baseline as a whole fails.

#include "judge/sequential/shared_outage.hpp"

#include <array>
#include <doctest/doctest.h>

namespace davy::judge {
namespace {

using Groups = std::array<Counts, 5>;
constexpr Groups healthy{{{200, 1}, {200, 0}, {200, 1}, {200, 0}, {200, 2}}};
constexpr Groups all_failing{{{200, 60}, {200, 55}, {200, 70}, {200, 62}, {200, 50}}};

SharedOutage after_healthy(int ticks) {
  SharedOutage outage;
  for (int i = 0; i < ticks; ++i) CHECK_FALSE(outage.observe(healthy, 5));
  return outage;
}

}  // namespace

TEST_CASE("one member's blip is no outage however bad") {
  SharedOutage outage = after_healthy(20);
  Groups blip = healthy;
  blip[2] = {200, 200};
  for (int i = 0; i < 10; ++i) CHECK_FALSE(outage.observe(blip, 5));
}

TEST_CASE("all members failing is an outage that lasts five ticks longer") {
  SharedOutage outage = after_healthy(20);
  for (int i = 0; i < 4; ++i) CHECK(outage.observe(all_failing, 5));
  for (int i = 0; i < 5; ++i) CHECK(outage.observe(healthy, 5));
  CHECK_FALSE(outage.observe(healthy, 5));
}

TEST_CASE("an outage does not become what is usual") {
  SharedOutage outage = after_healthy(20);
  for (int i = 0; i < 500; ++i) REQUIRE(outage.observe(all_failing, 5));
}

TEST_CASE("a service that always fails a lot is not in an outage for ever") {
  SharedOutage outage;
  for (int i = 0; i < 20; ++i) CHECK_FALSE(outage.observe(all_failing, 5));
}

TEST_CASE("a rate that doubles is no outage") {
  SharedOutage outage = after_healthy(20);
  Groups doubled = healthy;
  for (Counts& group : doubled) group.bad *= 2;
  for (int i = 0; i < 20; ++i) CHECK_FALSE(outage.observe(doubled, 5));
}

TEST_CASE("of two members one alone is enough to be an outage") {
  // With so few nobody can tell whose fault it is, and silence is the safe side.
  SharedOutage outage;
  const std::array<Counts, 2> before{{{200, 1}, {200, 1}}}, blip{{{200, 100}, {200, 1}}};
  for (int i = 0; i < 20; ++i) CHECK_FALSE(outage.observe(before, 5));
  CHECK(outage.observe(blip, 5));
}

TEST_CASE("without traffic or groups there is no outage") {
  SharedOutage outage;
  CHECK_FALSE(outage.observe(std::array<Counts, 5>{}, 5));
  CHECK_FALSE(outage.observe(std::span<const Counts>{}, 5));
}

}  // namespace davy::judge
