#pragma once

// Did the rollback work? Seen from the numbers, not from the deploy system's word alone. Pure.
//
// A rollback is verified when, for two rounds in a row, the canary gets no traffic any more (the deploy
// system reads back so, its counters stand still, or it is gone) or what answers in its place is within the
// limits, while the baseline can be seen.

#include "core/model/action.hpp"
#include "core/model/verdict.hpp"
#include "core/model/window.hpp"

#include <optional>
#include <string>
#include <vector>

namespace davy::rollback {

struct VerificationReading {
  bool verified = false;
  std::string sentence;  // what was seen, for the timeline
};

class Verification {
 public:
  // `acted_at`: ticks that ended before the deploy system said yes prove nothing.
  explicit Verification(Instant acted_at) : acted_at_(acted_at) {}

  // Once a round. `state` is what the actuator observed, when it could.
  VerificationReading look(const std::vector<const Window*>& windows, const Verdict& verdict,
                           const std::optional<DeployState>& state);

 private:
  Instant acted_at_;
  std::optional<Instant> newest_;
  int good_rounds_ = 0;
};

}  // namespace davy::rollback
