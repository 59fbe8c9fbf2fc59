#pragma once

// The one number that a query of a promql check must give. Pure.

#include "collector/promql/query_answer.hpp"
#include "core/base/result.hpp"

namespace davy::collector {

// A scalar, or a vector with exactly one series. Errors: not_found (no_data: an empty vector, NaN, infinity),
// invalid (series: several of them, by their labels; type: a matrix or a string).
Result<double> one_number(const QueryAnswer& answer);

}  // namespace davy::collector
