#pragma once

// Progress for whoever watches: a small screen that redraws in place on a terminal, a line when something
// changes (and now and then) elsewhere. Goes to stderr; data goes to stdout.

#include "core/model/guard_snapshot.hpp"

#include <string>

namespace davy::app {

enum class Colour { automatic, always, never };

class Console {
 public:
  // Asks the terminal, TERM, CI and, for an automatic colour, NO_COLOR.
  explicit Console(Colour colour = Colour::automatic);
  void show(const GuardSnapshot& snapshot);
  void finish();  // what is shown stays; the next line goes below

 private:
  void redraw(const GuardSnapshot& snapshot);
  void say(const GuardSnapshot& snapshot);

  bool terminal_ = false;
  bool colour_ = false;
  std::size_t lines_shown_ = 0;
  Phase last_phase_ = Phase::idle;
  double last_said_s_ = -1e9;
};

// "  12 s  watching  errors: canary 0% of 120 requests, ...".
std::string progress_line(const GuardSnapshot& snapshot);

}  // namespace davy::app
