#pragma once

// Replayed releases as a table and a summary: how often this policy would have rolled back, and which check.

#include "app/replay.hpp"

namespace davy::app {

struct ReplayReport {
  std::string policy_digest;
  std::vector<ReplayedRelease> releases;

  std::size_t rolled_back() const;
  // Decided otherwise than at that time, where that is known.
  std::size_t changed() const;
};

std::string to_text(const ReplayReport& report);
std::string to_json(const ReplayReport& report);

}  // namespace davy::app
