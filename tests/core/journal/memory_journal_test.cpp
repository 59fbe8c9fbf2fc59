// A journal that is handed from one Davy to the next as text.

#include "core/journal/memory_journal.hpp"

#include <doctest/doctest.h>

namespace davy::journal {
namespace {

constexpr WallTime start{std::chrono::milliseconds(1'700'000'000'123)};

void tell(MemoryJournal& journal, const std::string& release, EntryKind kind,
          const std::string& body = "{}") {
  REQUIRE(journal.append({0, "checkout", release, start, kind, body}).has_value());
}

void whole_release(MemoryJournal& journal, const std::string& release) {
  tell(journal, release, EntryKind::release_started);
  tell(journal, release, EntryKind::checkpoint, std::string(1000, 'c'));
  tell(journal, release, EntryKind::outcome, R"({"said":"\u00fc \" \\"})");
  tell(journal, release, EntryKind::release_ended);
  tell(journal, release, EntryKind::told);
}

}  // namespace

TEST_CASE("a journal that was handed over tells the same") {
  MemoryJournal old;
  whole_release(old, "r1");
  tell(old, "r2", EntryKind::release_started);
  tell(old, "r2", EntryKind::checkpoint, "state");
  tell(old, "r2", EntryKind::intent, R"({"id":"r2.rollback.1"})");
  MemoryJournal heir;
  REQUIRE(heir.unpack(old.pack()).has_value());
  CHECK(heir.unfinished_release("checkout").value() == "r2");
  const auto before = old.of_release("checkout", "r2").value();
  const auto after = heir.of_release("checkout", "r2").value();
  REQUIRE(after.size() == before.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    CHECK(after[i].kind == before[i].kind);
    CHECK(after[i].body == before[i].body);
    CHECK(after[i].at == before[i].at);
  }
  // Of a release that is over the judge's state is worth nothing any more.
  CHECK(heir.of_release("checkout", "r1").value().size() == 4);
  CHECK(heir.of_kind("checkout", EntryKind::outcome, start).value().at(0).body ==
        R"({"said":"\u00fc \" \\"})");
  const std::int64_t newest = heir.newest();
  tell(heir, "r2", EntryKind::outcome);
  CHECK(heir.newest() == newest + 1);
}

TEST_CASE("of many releases the newest are handed over") {
  MemoryJournal old;
  for (int i = 0; i < 50; ++i) whole_release(old, "r" + std::to_string(i));
  MemoryJournal heir;
  REQUIRE(heir.unpack(old.pack()).has_value());
  CHECK(heir.of_release("checkout", "r29").value().empty());
  CHECK(heir.of_release("checkout", "r30").value().size() == 4);
  CHECK(heir.of_release("checkout", "r49").value().size() == 4);
}

TEST_CASE("an empty journal can be handed over") {
  MemoryJournal heir;
  CHECK(heir.unpack(MemoryJournal().pack()).has_value());
  CHECK(heir.unfinished_release("checkout").value().empty());
}

TEST_CASE("D07 what cannot be read changes nothing and says so") {
  MemoryJournal journal;
  tell(journal, "r1", EntryKind::release_started);
  for (const char* text :
       {"", "[]", "{", R"({"version":1})", R"({"version":2,"entries":[]})", R"({"entries":[]})",
        R"({"version":1,"entries":[{"kind":"told"}]})",
        R"({"version":1,"entries":[{"kind":"unheard of","at_ms":1}]})", R"({"version":1,"entries":[7]})"}) {
    CAPTURE(text);
    const auto read = journal.unpack(text);
    REQUIRE(!read.has_value());
    CHECK(read.error().kind() == ErrorKind::malformed);
    CHECK(read.error().message().find("a handed-over journal cannot be read: ") == 0);
    CHECK(journal.unfinished_release("checkout").value() == "r1");
  }
}

}  // namespace davy::journal
