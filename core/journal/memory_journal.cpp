#include "core/journal/memory_journal.hpp"

#include <algorithm>
#include <set>

namespace davy::journal {
namespace {

class MemoryJournal final : public Journal {
 public:
  Result<void> append(const Entry& entry) override {
    if (entry.kind == EntryKind::checkpoint)
      std::erase_if(entries_, [&](const Entry& e) {
        return e.kind == entry.kind && e.service == entry.service && e.release == entry.release;
      });
    entries_.push_back(entry);
    entries_.back().sequence = ++sequence_;
    return {};
  }

  Result<std::vector<Entry>> of_release(std::string_view service, std::string_view release) override {
    return select([&](const Entry& e) { return e.service == service && e.release == release; });
  }

  Result<std::vector<Entry>> of_kind(std::string_view service, EntryKind kind, WallTime since) override {
    return select([&](const Entry& e) { return e.service == service && e.kind == kind && e.at >= since; });
  }

  Result<std::string> unfinished_release(std::string_view service) override {
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
      if (entry->service != service) continue;
      if (entry->kind == EntryKind::told) return std::string();
      if (entry->kind == EntryKind::release_started) return entry->release;
    }
    return std::string();
  }

  Result<void> prune(WallTime ended_before) override {
    std::set<std::string> old;
    for (const Entry& e : entries_) {
      if (e.kind == EntryKind::told && e.at < ended_before) old.insert(e.service + '\n' + e.release);
    }
    std::erase_if(entries_, [&](const Entry& e) { return old.contains(e.service + '\n' + e.release); });
    return {};
  }

 private:
  template <class Predicate>
  std::vector<Entry> select(Predicate wanted) const {
    std::vector<Entry> found;
    std::copy_if(entries_.begin(), entries_.end(), std::back_inserter(found), wanted);
    return found;
  }

  std::vector<Entry> entries_;
  std::int64_t sequence_ = 0;
};

}  // namespace

std::unique_ptr<Journal> make_memory_journal() { return std::make_unique<MemoryJournal>(); }

}  // namespace davy::journal
