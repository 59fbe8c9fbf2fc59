#include "core/model/verdict.hpp"

namespace davy {

std::string_view to_text(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::healthy: return "healthy";
    case VerdictKind::breach: return "breach";
    case VerdictKind::hold: return "hold";
    case VerdictKind::suspicious: return "suspicious";
    case VerdictKind::shared_failure: return "shared_failure";
    case VerdictKind::not_enough_data: return "not_enough_data";
    case VerdictKind::no_data: return "no_data";
    case VerdictKind::blind: return "blind";
  }
  return "not_enough_data";
}

}  // namespace davy
