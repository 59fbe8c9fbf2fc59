#include "core/journal/journal.hpp"

namespace davy::journal {

std::string_view to_text(EntryKind kind) {
  switch (kind) {
    case EntryKind::release_started: return "release_started";
    case EntryKind::armed: return "armed";
    case EntryKind::verdict: return "verdict";
    case EntryKind::intent: return "intent";
    case EntryKind::outcome: return "outcome";
    case EntryKind::verified: return "verified";
    case EntryKind::request: return "request";
    case EntryKind::checkpoint: return "checkpoint";
    case EntryKind::release_ended: return "release_ended";
    case EntryKind::told: return "told";
  }
  return "verdict";
}

std::optional<EntryKind> entry_kind(std::string_view text) {
  for (int i = 0; i <= static_cast<int>(EntryKind::told); ++i) {
    if (to_text(static_cast<EntryKind>(i)) == text) return static_cast<EntryKind>(i);
  }
  return std::nullopt;
}

}  // namespace davy::journal
