#pragma once

// A clock that stands still until a test moves it.

#include "core/base/clock.hpp"

namespace davy::test {

class FakeClock final : public Clock {
 public:
  Instant now() const override { return now_; }
  WallTime wall() const override { return wall_; }

  void advance(Duration d) {
    now_ += d;
    wall_ += std::chrono::duration_cast<std::chrono::milliseconds>(d);
  }
  // A step of the wall clock alone, as NTP or a person makes it.
  void step_wall(std::chrono::milliseconds d) { wall_ += d; }

 private:
  Instant now_{std::chrono::hours(1)};
  WallTime wall_{std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) + std::chrono::hours(12)};
};

}  // namespace davy::test
