#pragma once

// A stream as a tool with one-minute points sees it: whole minutes after the deploy. A tick belongs to the
// minute it ends in.

#include "bench/detection/stream.hpp"

#include <vector>

namespace davy::bench {

struct Minute {
  Counts canary;
  Counts baseline;  // all pods together
};

// Overwrites `minutes` with those of the window.
void fill_minutes(const Stream& stream, std::vector<Minute>& minutes);

}  // namespace davy::bench
