#pragma once

// A journal that ends with the process, and can be handed to another as text.
//
// Packed are the release under way with its checkpoint and, of each earlier one, all but its checkpoint; the
// oldest are left behind when there are more than releases_packed. The text is JSON, version 1.

#include "core/journal/journal.hpp"

#include <memory>

namespace davy::journal {

class MemoryJournal final : public Journal {
 public:
  static constexpr std::size_t releases_packed = 20;

  Result<void> append(const Entry& entry) override;
  Result<std::vector<Entry>> of_release(std::string_view service, std::string_view release) override;
  Result<std::vector<Entry>> of_kind(std::string_view service, EntryKind kind, WallTime since) override;
  Result<std::string> unfinished_release(std::string_view service) override;
  Result<void> prune(WallTime ended_before) override;

  // How often anything has been added: tells whether there is something new to pack.
  std::int64_t newest() const { return sequence_; }
  std::string pack() const;
  // Replaces everything. Error: malformed; then nothing has changed.
  Result<void> unpack(std::string_view text);

 private:
  std::vector<Entry> entries_;
  std::int64_t sequence_ = 0;
};

std::unique_ptr<Journal> make_memory_journal();

}  // namespace davy::journal
