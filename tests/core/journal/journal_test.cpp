// Both journals keep the same promises; the file's own faults are tried on SQLite's.

#include "core/journal/memory_journal.hpp"
#include "core/journal/sqlite_journal.hpp"
#include "tests/support/scratch.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

namespace davy::journal {
namespace {

using namespace std::chrono_literals;

constexpr WallTime start{std::chrono::milliseconds(1'700'000'000'000)};

Entry entry(const std::string& release, EntryKind kind, std::chrono::milliseconds after = 0ms,
            std::string body = "{}") {
  return {0, "checkout", release, start + after, kind, std::move(body)};
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void keeps_its_promises(Journal& journal) {
  REQUIRE(journal.append(entry("r1", EntryKind::release_started)).has_value());
  REQUIRE(journal.append(entry("r1", EntryKind::checkpoint, 1s, "old")).has_value());
  REQUIRE(journal.append(entry("r1", EntryKind::checkpoint, 2s, "new")).has_value());
  CHECK(journal.unfinished_release("checkout").value() == "r1");
  CHECK(journal.unfinished_release("cart").value().empty());
  REQUIRE(journal.append(entry("r1", EntryKind::release_ended, 3s)).has_value());
  CHECK(journal.unfinished_release("checkout").value() == "r1");  // ended, but nobody was told
  REQUIRE(journal.append(entry("r1", EntryKind::told, 4s)).has_value());
  CHECK(journal.unfinished_release("checkout").value().empty());
  REQUIRE(journal.append(entry("r2", EntryKind::release_started, 1h)).has_value());
  REQUIRE(journal.append(entry("r2", EntryKind::intent, 1h, R"({"id":"a \" b"})")).has_value());

  const auto r1 = journal.of_release("checkout", "r1").value();
  REQUIRE(r1.size() == 4);  // the newer checkpoint took the older one's place
  CHECK(r1[1].body == "new");
  CHECK(r1[0].kind == EntryKind::release_started);
  CHECK(r1[0].sequence < r1[1].sequence);
  CHECK(journal.of_kind("checkout", EntryKind::intent, start).value().front().body == R"({"id":"a \" b"})");
  CHECK(journal.of_kind("checkout", EntryKind::intent, start + 2h).value().empty());

  REQUIRE(journal.prune(start).has_value());
  CHECK(journal.of_release("checkout", "r1").value().size() == 4);
  REQUIRE(journal.prune(start + 1min).has_value());
  CHECK(journal.of_release("checkout", "r1").value().empty());
  CHECK(journal.of_release("checkout", "r2").value().size() == 2);
}

}  // namespace

TEST_CASE("the memory journal keeps a journal's promises") { keeps_its_promises(*make_memory_journal()); }

TEST_CASE("the SQLite journal keeps a journal's promises") {
  test::Scratch scratch;
  keeps_its_promises(**open_sqlite_journal({(scratch.path() / "j").string(), ""}));
}

TEST_CASE("what was appended is there after the file is opened again") {
  test::Scratch scratch;
  const std::string path = (scratch.path() / "j").string();
  {
    auto journal = open_sqlite_journal({path, ""});
    REQUIRE(journal.value()->append(entry("r1", EntryKind::release_started)).has_value());
  }
  CHECK(open_sqlite_journal({path, ""}).value()->unfinished_release("checkout").value() == "r1");
}

TEST_CASE("two processes cannot share a journal") {
  test::Scratch scratch;
  const std::string path = (scratch.path() / "j").string();
  auto first = open_sqlite_journal({path, ""});
  REQUIRE(first.value()->append(entry("r1", EntryKind::release_started)).has_value());
  CHECK(open_sqlite_journal({path, ""}).error().kind() == ErrorKind::conflict);
}

TEST_CASE("D07 a journal of a newer version is refused and left as it is") {
  test::Scratch scratch;
  const std::string path = (scratch.path() / "j").string();
  sqlite3* db = nullptr;
  sqlite3_open(path.c_str(), &db);
  sqlite3_exec(db, "CREATE TABLE x (y); PRAGMA user_version = 99;", nullptr, nullptr, nullptr);
  sqlite3_close(db);
  const std::string before = read_file(path);
  const auto opened = open_sqlite_journal({path, ""});
  CHECK(opened.error().message().find("newer Davy (format 99") != std::string::npos);
  CHECK(read_file(path) == before);
}

TEST_CASE("a file that is no journal is refused") {
  test::Scratch scratch;
  const std::string path = scratch.write("j", std::string(4096, 'x'));
  CHECK(open_sqlite_journal({path, ""}).error().kind() == ErrorKind::malformed);
  CHECK(open_sqlite_journal({"/nonexistent/dir/j", ""}).error().kind() == ErrorKind::denied);
}

TEST_CASE("D05 a write-ahead log cut at any place keeps a good prefix and invents nothing") {
  test::Scratch scratch;
  const std::string path = (scratch.path() / "j").string();
  std::string main_file;
  std::string log;
  {
    auto journal = open_sqlite_journal({path, ""});
    for (int i = 0; i < 20; ++i) {
      REQUIRE(
          journal.value()->append(entry("r1", EntryKind::verdict, i * 1ms, std::to_string(i))).has_value());
    }
    main_file = read_file(path);
    log = read_file(path + "-wal");
  }
  REQUIRE(log.size() > 4096);
  for (std::size_t cut = 0; cut <= log.size(); cut += 997) {
    test::Scratch copy;
    const std::string place = copy.write("j", main_file);
    copy.write("j-wal", log.substr(0, cut));
    const auto journal = open_sqlite_journal({place, ""});
    REQUIRE(journal.has_value());
    const auto entries = (*journal)->of_release("checkout", "r1").value();
    for (std::size_t i = 0; i < entries.size(); ++i) CHECK(entries[i].body == std::to_string(i));
  }
}

}  // namespace davy::journal
