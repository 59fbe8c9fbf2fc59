#include "core/telemetry/events.hpp"

#include <array>

namespace davy::telemetry {

std::string_view to_text(EventKind kind) {
  constexpr std::array<std::string_view, event_kind_count> names{
      "started",          "stopped",        "release_started",  "arming",          "phase_changed",
      "verdict",          "scrape_failed",  "discovery_failed", "intent",          "action_retry",
      "action_accepted",  "action_failed",  "verified",         "not_verified",    "release_ended",
      "operator_request", "journal_failed", "recovered",        "request_refused", "leading",
      "internal_error"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace davy::telemetry
