#pragma once

// Streams made by hand: no history, the same counts in every tick until a test changes some.

#include "bench/detection/stream.hpp"

#include <cstddef>

namespace davy::bench {

struct SteadyCounts {
  int canary_n = 0, canary_e = 0;
  int member_n = 0, member_e = 0;
};

inline Stream steady_stream(int ticks, const SteadyCounts& counts, int members = 2) {
  Stream stream;
  stream.window_ticks = ticks;
  stream.groups = members;
  stream.resize();
  stream.canary_n.assign(static_cast<std::size_t>(ticks), counts.canary_n);
  stream.canary_e.assign(static_cast<std::size_t>(ticks), counts.canary_e);
  stream.n.assign(stream.cell(ticks, 0), counts.member_n);
  stream.e.assign(stream.cell(ticks, 0), counts.member_e);
  return stream;
}

}  // namespace davy::bench
