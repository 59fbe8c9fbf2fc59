#include "guard/decision/guard_rails.hpp"

#include <doctest/doctest.h>

namespace davy::guard {
using namespace std::chrono_literals;

TEST_CASE("rollbacks are limited by a cooldown and a budget") {
  const GuardRails rails;  // 30m, 3 per 24h
  const WallTime now{std::chrono::milliseconds(1'700'000'000'000)};
  CHECK_FALSE(forbidden(rails, {}, now).has_value());
  CHECK_FALSE(forbidden(rails, {now - 31min}, now).has_value());
  CHECK(forbidden(rails, {now - 10min}, now) ==
        "the last rollback was 10 min ago and guard_rails.cooldown is 30 min");
  CHECK(forbidden(rails, {now - 1h, now - 2h, now - 3h}, now) ==
        "3 rollbacks in the last 24 h and guard_rails.at_most is 3");
  CHECK_FALSE(forbidden(rails, {now - 1h, now - 2h, now - 25h}, now).has_value());
}

}  // namespace davy::guard
