#pragma once

// What happens, as values: one event prints one structured line and moves one counter.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace davy::telemetry {

enum class Level { debug, info, warning, error };

// A closed set, so that labels and log searches stay bounded.
enum class EventKind {
  started,
  stopped,
  release_started,
  arming,  // what would go wrong if it had to act, and what was done to be able to
  phase_changed,
  verdict,
  scrape_failed,
  discovery_failed,
  intent,
  action_retry,
  action_accepted,
  action_failed,
  verified,
  not_verified,
  release_ended,
  operator_request,
  journal_failed,
  recovered,
  request_refused,
  leading,  // who leads, where several Davys share the work
  internal_error,
};
inline constexpr int event_kind_count = 21;
std::string_view to_text(EventKind kind);

struct Event {
  EventKind kind = EventKind::internal_error;
  Level level = Level::info;
  std::string release;  // in every line that concerns one
  std::string text;     // a sentence; may hold untrusted text, the log escapes it
  std::vector<std::pair<std::string, std::string>> fields;
};

}  // namespace davy::telemetry
