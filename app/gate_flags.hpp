#pragma once

// The command line of `davy gate`; docs/gate.md says what each flag means.

#include "app/console.hpp"
#include "app/gate_verdict.hpp"
#include "app/watch_flags.hpp"

namespace davy::app {

struct GateFlags : WatchFlags {
  std::vector<std::string> outputs;
  std::string inconclusive;  // pass, warn, fail; empty: exit code 11
  std::string timeout;       // a duration; empty: none
  std::string colour = "auto";
  std::string ci = "auto";
  bool steps = false;              // take the policy's steps, a window each
  std::string server;              // follow a release there instead of watching one here
  std::string service;             // which one of the server's
  std::string blind_after = "1m";  // a server that is silent for this long
  bool start = false;              // begin the release there

  InconclusiveAs inconclusive_as() const {
    return inconclusive == "pass"   ? InconclusiveAs::pass
           : inconclusive == "warn" ? InconclusiveAs::warn
           : inconclusive == "fail" ? InconclusiveAs::fail
                                    : InconclusiveAs::itself;
  }
  Colour wanted_colour() const {
    return colour == "always" ? Colour::always : colour == "never" ? Colour::never : Colour::automatic;
  }
};

}  // namespace davy::app
