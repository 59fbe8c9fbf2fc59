#pragma once

// A query with the limits within which its value is healthy, as checks: ratio and latency where the counters
// behind it are known, and otherwise the query itself.
//
// The meaning is kept: a success rate of at least 99 is a share of errors of at most 1%; a lower limit of
// anything else is written as limit - (query), which is above 0 exactly when the value is below it. What is
// approximated is a note beside the check.

#include "config/import/imported.hpp"
#include "core/base/clock.hpp"

namespace davy::config::imported {

struct Bounds {
  std::optional<double> min, max;  // healthy from .. to, both included
};

struct CheckDraft {
  enum class Kind { ratio, latency, gauge, promql };
  std::string name;
  Kind kind = Kind::promql;
  std::string errors, total;     // ratio
  std::string histogram;         // latency
  double quantile = 0;           // latency
  std::string unit;              // latency, where the name does not say it
  std::string gauge;             // gauge
  std::string canary, baseline;  // promql
  std::string max, max_increase;
  std::string severity, method, on_no_data;
  int confirmations = 0;  // 0: the default
  std::vector<std::string> notes;
};

struct QueryLimits {
  std::string name;
  std::string query;
  Bounds healthy;
};

std::vector<CheckDraft> translate(const QueryLimits& limits, std::vector<Remark>& remarks);

// {{ name }}, {{args.name}}, {{.window}} replaced: by a value, or by CHANGE-ME-name, which is remarked.
// `strip` is what may stand before the name ("args.", "variables."). Within [ ] 5m stands for what is not
// known.
std::string fill_in(std::string_view text, const std::map<std::string, std::string>& values,
                    std::string_view strip, const std::string& where, std::vector<Remark>& remarks);

// A number without exponent, with no more digits than it needs.
std::string plain_number(double value);

}  // namespace davy::config::imported
