#pragma once

// Instances that restart, run out of memory, crash in a loop or never become ready: a count against a limit,
// from the platform's own word, so that it works for a service that exposes nothing.
//
// What counts is each canary instance's worst moment since the deploy, summed: there is nothing statistical
// about a process that dies, and warming up excuses nothing. When the baseline's instances fare at least half
// as ill, the cause is somebody else's (a node, a dependency), and nothing is concluded.

#include "judge/comparison.hpp"

namespace davy::judge {

std::unique_ptr<Comparison> make_restarts(const Check& check);

}  // namespace davy::judge
