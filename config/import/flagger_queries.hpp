#pragma once

// What Flagger's two built-in metrics, request-success-rate and request-duration, ask Prometheus for, by
// provider.

#include <optional>
#include <string>
#include <string_view>

namespace davy::config::imported {

struct BuiltinQueries {
  std::string success_rate;  // in percent, with {{ namespace }}, {{ target }}, {{ ingress }}
  std::string duration;      // in milliseconds
  bool mean = false;         // the duration is a mean and no p99
};

// Nothing for a provider whose queries are not known here.
std::optional<BuiltinQueries> builtin_queries(std::string_view provider);

}  // namespace davy::config::imported
