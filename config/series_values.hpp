#pragma once

// A series' values, scrape after scrape, in the notation of promtool's rule tests: "0+10x3" is 0 10 20 30,
// "5-1x2" is 5 4 3, "7x2" is 7 7 7, "_" stands for a scrape without the series and "_x4" for four of them.
// Ours alone: "down" (and "downx4") is a scrape that the instance does not answer.

#include "core/base/result.hpp"

#include <string_view>
#include <vector>

namespace davy::config {

struct SeriesValue {
  enum class Kind { number, missing, down } kind = Kind::number;
  double value = 0;
  bool operator==(const SeriesValue&) const = default;
};

inline constexpr std::size_t series_values_max = 100'000;

// Error: invalid, naming the part that cannot be read.
Result<std::vector<SeriesValue>> read_series_values(std::string_view text);

}  // namespace davy::config
