#pragma once

// What all checks together say in one round.

#include "core/model/finding.hpp"

#include <string>
#include <vector>

namespace davy {

enum class VerdictKind {
  healthy,          // every check healthy
  breach,           // a check whose severity calls for a rollback is breached
  hold,             // a check whose severity calls for a hold is breached
  suspicious,       // over a limit, not yet confirmed
  shared_failure,   // breached on both sides
  not_enough_data,  // seen, but too little to say
  no_data,          // answered, and the series or the traffic is not there
  blind,            // nobody answers on a side
};
std::string_view to_text(VerdictKind kind);

struct Verdict {
  Instant at{};
  VerdictKind kind = VerdictKind::not_enough_data;
  std::vector<Finding> findings;  // one a check, in the policy's order
  std::string sentence;           // why, in one line: that of the finding that decided
  std::string blamed_check;       // its name; empty when nothing is wrong
  bool judges_warmup = false;     // a breach that counts while warming up, too
  bool sure = false;              // healthy, and known to be: the window need not be waited for
};

}  // namespace davy
