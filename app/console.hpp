#pragma once

// Progress for whoever watches: one line that redraws on a terminal, a line when something changes (and now
// and then) elsewhere. Goes to stderr; data goes to stdout.

#include "core/model/guard_snapshot.hpp"

#include <string>

namespace davy::app {

class Console {
 public:
  Console();  // asks the terminal, NO_COLOR, TERM and CI
  void show(const GuardSnapshot& snapshot);
  void finish();  // leaves the cursor on a line of its own

 private:
  bool terminal_ = false;
  bool colour_ = false;
  bool open_line_ = false;
  Phase last_phase_ = Phase::idle;
  double last_said_s_ = -1e9;
};

// "  12 s  watching  errors: canary 0% of 120 requests, ...".
std::string progress_line(const GuardSnapshot& snapshot);

}  // namespace davy::app
