#pragma once

// How long to wait before trying again: doubling from `first` to `most`, with full jitter over the upper
// half, so that many clients that failed together do not return together. A peer's Retry-After is honoured
// where it is longer.

#include "core/base/clock.hpp"

#include <cstdint>
#include <optional>

namespace davy::net {

class Backoff {
 public:
  Backoff(Duration first, Duration most, std::uint64_t seed);

  Duration next(std::optional<Duration> retry_after = std::nullopt);

 private:
  Duration next_;
  Duration most_;
  std::uint64_t random_;
};

}  // namespace davy::net
