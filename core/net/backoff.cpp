#include "core/net/backoff.hpp"

#include <algorithm>

namespace davy::net {

Backoff::Backoff(Duration first, Duration most, std::uint64_t seed)
    : next_(first), most_(most), random_(seed | 1U) {}

Duration Backoff::next(std::optional<Duration> retry_after) {
  // xorshift64 (Marsaglia 2003): jitter needs no better.
  random_ ^= random_ << 13U;
  random_ ^= random_ >> 7U;
  random_ ^= random_ << 17U;
  const double share = static_cast<double>(random_ % 1024) / 1024.0;
  const Duration wait = next_ / 2 + from_seconds(seconds(next_) / 2 * share);
  next_ = std::min(next_ * 2, most_);
  return retry_after ? std::max(*retry_after, wait) : wait;
}

}  // namespace davy::net
