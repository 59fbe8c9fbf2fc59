#include "core/journal/sqlite_journal.hpp"

#include <fmt/format.h>
#include <optional>
#include <sqlite3.h>

namespace davy::journal {
namespace {

constexpr int schema_version = 1;
constexpr const char* schema =
#include "core/journal/schema.sql.inc"
    ;

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
struct FinishStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinishStatement>;

Error database_error(sqlite3* db, std::string_view what) {
  const int code = sqlite3_errcode(db) & 0xFF;
  const ErrorKind kind = code == SQLITE_BUSY || code == SQLITE_LOCKED      ? ErrorKind::conflict
                         : code == SQLITE_NOTADB || code == SQLITE_CORRUPT ? ErrorKind::malformed
                         : code == SQLITE_CANTOPEN || code == SQLITE_READONLY || code == SQLITE_PERM
                             ? ErrorKind::denied
                             : ErrorKind::unavailable;
  return Error(kind, fmt::format("{}: {}", what, sqlite3_errmsg(db)), "journal");
}

class SqliteJournal final : public Journal {
 public:
  SqliteJournal(Database db, std::string path) : db_(std::move(db)), path_(std::move(path)) {}

  Result<void> append(const Entry& entry) override {
    if (entry.kind != EntryKind::checkpoint) return insert(entry);
    if (auto begun = execute("BEGIN IMMEDIATE"); !begun) return begun.error();
    if (auto done = replace_checkpoint(entry); !done) {
      static_cast<void>(execute("ROLLBACK"));
      return done.error();
    }
    return execute("COMMIT");
  }

  Result<void> replace_checkpoint(const Entry& entry) {
    auto statement = prepare("DELETE FROM entries WHERE service = ? AND release = ? AND kind = 'checkpoint'");
    if (!statement) return statement.error();
    bind(**statement, 1, entry.service);
    bind(**statement, 2, entry.release);
    if (sqlite3_step(statement->get()) != SQLITE_DONE) return database_error(db_.get(), "append to " + path_);
    return insert(entry);
  }

  Result<void> insert(const Entry& entry) {
    auto statement =
        prepare("INSERT INTO entries (service, release, at_ms, kind, body) VALUES (?, ?, ?, ?, ?)");
    if (!statement) return statement.error();
    bind(**statement, 1, entry.service);
    bind(**statement, 2, entry.release);
    sqlite3_bind_int64(statement->get(), 3, entry.at.time_since_epoch().count());
    bind(**statement, 4, to_text(entry.kind));
    bind(**statement, 5, entry.body);
    if (sqlite3_step(statement->get()) != SQLITE_DONE) return database_error(db_.get(), "append to " + path_);
    return {};
  }

  Result<std::vector<Entry>> of_release(std::string_view service, std::string_view release) override {
    auto statement = prepare(
        "SELECT sequence, service, release, at_ms, kind, body FROM entries WHERE service = ? AND release = ? "
        "ORDER BY sequence");
    if (!statement) return statement.error();
    bind(**statement, 1, service);
    bind(**statement, 2, release);
    return rows(**statement);
  }

  Result<std::vector<Entry>> of_kind(std::string_view service, EntryKind kind, WallTime since) override {
    auto statement = prepare(
        "SELECT sequence, service, release, at_ms, kind, body FROM entries WHERE service = ? AND kind = ? "
        "AND at_ms >= ? "
        "ORDER BY sequence");
    if (!statement) return statement.error();
    bind(**statement, 1, service);
    bind(**statement, 2, to_text(kind));
    sqlite3_bind_int64(statement->get(), 3, since.time_since_epoch().count());
    return rows(**statement);
  }

  Result<std::string> unfinished_release(std::string_view service) override {
    auto statement = prepare(
        "SELECT sequence, service, release, at_ms, kind, body FROM entries WHERE service = ? AND kind IN "
        "('release_started', 'told') ORDER BY sequence DESC LIMIT 1");
    if (!statement) return statement.error();
    bind(**statement, 1, service);
    const auto found = rows(**statement);
    if (!found) return found.error();
    if (found->empty() || found->front().kind == EntryKind::told) return std::string();
    return found->front().release;
  }

  Result<void> prune(WallTime ended_before) override {
    const std::string sql = fmt::format(
        "BEGIN IMMEDIATE;"
        "DELETE FROM entries WHERE (service, release) IN"
        " (SELECT service, release FROM entries WHERE kind = 'told' AND at_ms < {});"
        "COMMIT;",
        ended_before.time_since_epoch().count());
    return execute(sql);
  }

  Result<void> execute(const std::string& sql) {
    if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    const Error error = database_error(db_.get(), path_);
    sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    return error;
  }

  Result<int> version() {
    auto statement = prepare("PRAGMA user_version");
    if (!statement) return statement.error();
    if (sqlite3_step(statement->get()) != SQLITE_ROW) return database_error(db_.get(), "read " + path_);
    return sqlite3_column_int(statement->get(), 0);
  }

 private:
  Result<Statement> prepare(const char* sql) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(db_.get(), sql, -1, &raw, nullptr) != SQLITE_OK)
      return database_error(db_.get(), path_);
    return Statement(raw);
  }

  static void bind(sqlite3_stmt& statement, int place, std::string_view text) {
    sqlite3_bind_text(&statement, place, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  }

  Result<std::vector<Entry>> rows(sqlite3_stmt& statement) {
    std::vector<Entry> found;
    int status = sqlite3_step(&statement);
    for (; status == SQLITE_ROW; status = sqlite3_step(&statement)) {
      const auto text = [&](int column) {
        const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(&statement, column));
        return std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(&statement, column)));
      };
      const auto kind = entry_kind(text(4));
      if (!kind)
        return Error(ErrorKind::malformed, fmt::format("{}: unknown entry kind '{}'", path_, text(4)),
                     "journal");
      found.push_back({sqlite3_column_int64(&statement, 0), text(1), text(2),
                       WallTime{std::chrono::milliseconds(sqlite3_column_int64(&statement, 3))}, *kind,
                       text(5)});
    }
    if (status != SQLITE_DONE) return database_error(db_.get(), "read " + path_);
    return found;
  }

  Database db_;
  std::string path_;
};

}  // namespace

Result<std::unique_ptr<Journal>> open_sqlite_journal(const SqliteJournalOptions& options) {
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int status =
      sqlite3_open_v2(options.path.c_str(), &raw, flags, options.vfs.empty() ? nullptr : options.vfs.c_str());
  Database db(raw);
  if (status != SQLITE_OK) return database_error(db.get(), "open the journal " + options.path);
  sqlite3_busy_timeout(db.get(), 2000);
  auto journal = std::make_unique<SqliteJournal>(std::move(db), options.path);
  const auto version = journal->version();
  if (!version) return version.error();
  if (*version > schema_version) {
    return Error(
        ErrorKind::conflict,
        fmt::format(
            "the journal {} was written by a newer Davy (format {}, this one knows {}); it is left as it "
            "is: run the newer Davy, or name another file with --journal",
            options.path, *version, schema_version),
        "journal_version");
  }
  // One process a journal: the lock is kept until the file is closed.
  if (auto set = journal->execute(
          "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
      !set) {
    return set.error();
  }
  if (*version == 0) {
    if (auto made = journal->execute(std::string("BEGIN IMMEDIATE;") + schema + "COMMIT;"); !made)
      return made.error();
  } else if (auto locked = journal->execute("BEGIN IMMEDIATE; COMMIT;"); !locked) {
    return locked.error();
  }
  return std::unique_ptr<Journal>(std::move(journal));
}

}  // namespace davy::journal
