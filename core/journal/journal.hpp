#pragma once

// What Davy has decided and done, append only: intent before act, outcome after.
//
// An entry is durable when append() returns: a process killed at any later moment finds it at the next start.
// Entries are never changed. The body is JSON of the writer's making; the journal does not look inside.

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace davy::journal {

enum class EntryKind {
  release_started,
  armed,       // what actuators found when the release began
  verdict,     // the verdict that decided
  intent,      // about to act; carries the action's id
  outcome,     // what the deploy system said
  verified,    // the effect was seen, or was not
  request,     // an operator's
  checkpoint,  // the judge's state, so that a restart resumes its evidence
  release_ended,
  told,  // the report is out
};
std::string_view to_text(EntryKind kind);
std::optional<EntryKind> entry_kind(std::string_view text);  // the other way round

struct Entry {
  std::int64_t sequence = 0;  // set by the journal
  std::string service;
  std::string release;
  WallTime at{};
  EntryKind kind = EntryKind::verdict;
  std::string body;  // JSON
};

class Journal {
 public:
  virtual ~Journal() = default;

  // A checkpoint takes the place of the release's one before.
  virtual Result<void> append(const Entry& entry) = 0;
  // All entries of one release, oldest first.
  virtual Result<std::vector<Entry>> of_release(std::string_view service, std::string_view release) = 0;
  // All entries of one kind of a service since a time, oldest first.
  virtual Result<std::vector<Entry>> of_kind(std::string_view service, EntryKind kind, WallTime since) = 0;
  // The newest release of the service that was started and of which nobody was told the end; empty: none.
  virtual Result<std::string> unfinished_release(std::string_view service) = 0;
  // Forgets releases that ended before a time.
  virtual Result<void> prune(WallTime ended_before) = 0;
};

}  // namespace davy::journal
