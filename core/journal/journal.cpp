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

}  // namespace davy::journal
