#include "core/model/finding.hpp"

#include <algorithm>
#include <cmath>

namespace davy {

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::healthy: return "healthy";
    case Outcome::breach: return "breach";
    case Outcome::not_enough_data: return "not_enough_data";
    case Outcome::source_error: return "source_error";
  }
  return "not_enough_data";
}

std::optional<double> Finding::p_value() const {
  if (!log_evidence_max) return std::nullopt;
  return std::min(1.0, std::exp(-*log_evidence_max));
}

}  // namespace davy
