#pragma once

// A point in time after which nobody wants the answer any more. One deadline covers everything a request
// needs (resolve, connect, TLS, headers, body): a peer that drips one byte a second cannot stretch it.

#include "core/base/clock.hpp"

namespace davy::net {

class Deadline {
 public:
  explicit Deadline(Instant at) : at_(at) {}
  static Deadline after(Duration d) { return Deadline(std::chrono::steady_clock::now() + d); }

  Instant at() const { return at_; }
  Duration left() const { return at_ - std::chrono::steady_clock::now(); }
  bool passed() const { return left() <= Duration::zero(); }
  Deadline or_sooner(Instant other) const { return Deadline(std::min(at_, other)); }

 private:
  Instant at_;
};

}  // namespace davy::net
