#pragma once

// The canary: and baseline: blocks, and scrape:, from YAML to values.

#include "config/section.hpp"
#include "core/model/scrape.hpp"

namespace davy::config {

SideSpec read_side(const Section& in);
ScrapeSpec read_scrape(const Section& in);

}  // namespace davy::config
