#pragma once

// What a server of Prometheus' query API answers, as a value: the kind of result, its series with their
// points, and what the server says is wrong with it. Pure.
//
// A vector is a matrix with one point a series; a scalar is one series without labels. Times are Unix seconds
// by the server's clock. NaN stays NaN: what it means is the reader's affair.

#include "core/base/result.hpp"
#include "core/model/labels.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace davy::collector {

struct Point {
  double at = 0;
  double value = 0;
};

struct RawSeries {
  std::string name;  // __name__; empty where the result has none
  Labels labels;     // without it
  std::vector<Point> points;
};

enum class ResultType { vector, matrix, scalar, string };
std::string_view to_text(ResultType type);

struct QueryAnswer {
  ResultType type = ResultType::vector;
  std::vector<RawSeries> series;
  std::string partial;  // why the answer is incomplete, by the server's own warnings; empty: it is whole
};

// Reads the body of a 200. Errors: malformed (parse), over_limit (sample_limit: more series than
// `series_max`).
Result<QueryAnswer> read_answer(std::string_view body, std::size_t series_max);

// The server's own words of what is wrong, from the body of another status; empty where it has none.
std::string error_text(std::string_view body);

}  // namespace davy::collector
