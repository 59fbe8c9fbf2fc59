#pragma once

// From the journal of an unfinished release to where it stood. Pure: what is found at a deploy system is
// asked later.
//
// Without an intent, judging goes on. An intent without an outcome is carried out again under the same id:
// the actuator looks first, and a deploy system that already has that id does nothing. An accepted outcome
// without a verification goes on verifying for what is left of verify_for by the wall clock. An end of which
// nobody was told is told.

#include "core/journal/journal.hpp"
#include "guard/decision/guard_rails.hpp"
#include "guard/release.hpp"

namespace davy::guard {

struct Recovered {
  Release release;
  std::vector<SequentialState> states;  // the judge's, of the newest checkpoint
  bool only_telling = false;            // it ended; the report is all that is missing
};

// `entries`: all of one release, oldest first, the first of them release_started. Error: malformed.
Result<Recovered> recover(const std::vector<journal::Entry>& entries, const GuardRails& rails, Instant now,
                          WallTime wall);

}  // namespace davy::guard
