#pragma once

// As much of PromQL as it takes to recognise a ratio of counters or a quantile: selectors, ranges, calls,
// aggregations, arithmetic, comparisons, or/and/unless. Nothing is evaluated.
//
// What is not understood (subqueries, offset, @, group_left ...) gives nothing: such a query is carried over
// as it is.

#include "core/model/selector.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace davy::config::imported {

struct Expression {
  enum class Kind { number, text, selector, call, binary };
  Kind kind = Kind::number;
  double number = 0;
  Selector selector;
  std::string range;                  // selector: "5m", empty without
  std::string name;                   // call: the function; binary: the operator
  bool aggregates = false;            // call: sum, max ...
  bool without = false;               // aggregation: without instead of by
  std::vector<std::string> labels;    // aggregation: of by or without
  std::vector<Expression> arguments;  // call; binary: left and right
  std::size_t begin = 0, end = 0;     // bytes of the query
};

std::optional<Expression> parse_promql(std::string_view query);

// Comments out, blanks and line ends to one blank, outside of texts.
std::string one_line(std::string_view query);

// A number, or what gives one: 1000 * 60, vector(0).
std::optional<double> constant(const Expression& expression);

// Gives at most one series, whatever there is.
bool is_single(const Expression& expression);

}  // namespace davy::config::imported
