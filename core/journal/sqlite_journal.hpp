#pragma once

// The journal in a SQLite file: write-ahead log, synchronous=FULL, so an entry is on the disk before append()
// returns, and a torn write is dropped by SQLite's checksums at the next start.
//
// Errors: conflict when another process holds the file or a newer Davy wrote it (it is left untouched),
// malformed when it is no journal, unavailable for disk errors.

#include "core/journal/journal.hpp"

#include <memory>
#include <string>

namespace davy::journal {

struct SqliteJournalOptions {
  std::string path;
  std::string vfs;  // SQLite's file layer; empty: the system's. Tests put a failing one here.
};

Result<std::unique_ptr<Journal>> open_sqlite_journal(const SqliteJournalOptions& options);

}  // namespace davy::journal
