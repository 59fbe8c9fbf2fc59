#pragma once

// Deploys of the past, for whoever wants to judge them again: when each was, and how its sides read in the
// metrics.
//
//   deploys:
//     - {release: r-41, at: 2026-05-01T12:00:00Z, canary: '{version="41"}', baseline: '{version="40"}'}

#include "config/environment.hpp"
#include "config/problem.hpp"
#include "core/base/clock.hpp"
#include "core/model/selector.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace davy::config {

struct PastDeploy {
  std::string release;
  WallTime at{};
  std::optional<Selector> canary, baseline;  // take the place of the policy's `where`
};

struct LoadedDeploys {
  std::shared_ptr<Problems> problems;  // never null
  std::vector<PastDeploy> deploys;     // only when there is no error
};

LoadedDeploys load_deploys(std::string text, std::string file, const Environment& environment);

}  // namespace davy::config
