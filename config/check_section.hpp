#pragma once

// One element of checks:, from YAML to a Check. A rule that can never fire is a problem.

#include "config/section.hpp"
#include "core/model/check.hpp"

namespace davy::config {

Check read_check(const Section& in, Duration scrape_interval);

}  // namespace davy::config
