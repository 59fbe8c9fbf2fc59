#include "core/model/finding.hpp"

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

}  // namespace davy
