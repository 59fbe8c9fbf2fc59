#pragma once

// A sequential test's memory as bytes: what it was fed, from which everything else follows.
//
// Counts are varints, other numbers their eight bytes; integers are little-endian. Version 1.

#include "judge/sequential/member_groups.hpp"
#include "judge/sequential/sample.hpp"

#include <optional>
#include <string>
#include <vector>

namespace davy::judge {

struct SequentialMemory {
  std::size_t ticks_per_sample = 1;
  std::size_t window_samples = 1;
  std::size_t channels = 1;
  std::int64_t newest_ms = 0;  // end of the newest tick taken, since the deploy
  MemberGroups groups;
  std::vector<double> sampler;
  std::vector<Sample> history, samples;
  std::size_t pending_ticks = 0;  // of which the next sample has been filled
  Sample pending;
};

std::string encode(const SequentialMemory& memory);
// Nothing where the bytes are not such a memory.
std::optional<SequentialMemory> decode_memory(std::string_view bytes);

}  // namespace davy::judge
