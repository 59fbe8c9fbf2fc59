#pragma once

// From what a person or a discovery file writes to a target with a complete URL.

#include "core/base/result.hpp"
#include "core/model/scrape.hpp"
#include "core/model/target.hpp"

#include <string_view>

namespace davy::collector {

// `place` is a URL, or host:port that is completed with the scheme and path of `spec`. The labels __scheme__
// and
// __metrics_path__ replace these, __address__ replaces the place; labels that start with "__" are then
// dropped. Error: invalid, naming the place.
Result<Target> make_target(std::string_view place, Side side, const ScrapeSpec& spec, Labels labels = {});

}  // namespace davy::collector
