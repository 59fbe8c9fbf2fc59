#pragma once

// The two clocks. Durations, deadlines and windows use Instant (monotonic: a step of the wall clock cannot
// stretch or shrink a window); WallTime is for people and for records that outlive the process.
//
// Everything that decides takes a Clock, so that tests and replay can drive time by hand.

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace davy {

using Duration = std::chrono::nanoseconds;
using Instant = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  virtual WallTime wall() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override;
  WallTime wall() const override;
};

// Seconds as a double, for arithmetic and display.
inline double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
// At most a hundred years either way: beyond that a Duration would soon overflow.
inline Duration from_seconds(double s) {
  constexpr double longest_s = 100.0 * 365 * 86400;
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(std::clamp(s, -longest_s, longest_s)));
}

// RFC 3339 in UTC with milliseconds: "2024-05-01T12:00:00.250Z".
std::string to_rfc3339(WallTime t);
// Reads what it writes, with any number of decimals or none; nothing where the text is not such a time in
// UTC.
std::optional<WallTime> parse_rfc3339(std::string_view text);

}  // namespace davy
