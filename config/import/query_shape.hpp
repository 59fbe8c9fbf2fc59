#pragma once

// What a query calculates, where that can be said in counters: scale * (numerator / denominator) + offset, or
// scale * a quantile of a histogram.

#include "config/import/promql.hpp"

namespace davy::config::imported {

struct QueryShape {
  enum class Kind { other, ratio, quantile };
  Kind kind = Kind::other;
  Selector numerator, denominator;  // ratio
  Selector histogram;               // quantile; without _bucket
  double quantile = 0;
  double scale = 1, offset = 0;
  std::vector<std::string> notes;  // what is approximated by saying it so
};

QueryShape shape_of(const Expression& query);

// The events of `all` that are not in `part`, where one matcher more makes the difference: code!~"5.." gives
// code=~"5..".
std::optional<Selector> rest_of(const Selector& all, const Selector& part);

// Counts a part of what the other counts: the same counter, or one whose name says so. A sum of seconds over
// a count does not.
bool is_share(const Selector& part, const Selector& all);

}  // namespace davy::config::imported
