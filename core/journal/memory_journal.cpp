#include "core/journal/memory_journal.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

namespace davy::journal {
namespace json = boost::json;
namespace {

constexpr int text_version = 1;

template <class Predicate>
std::vector<Entry> select(const std::vector<Entry>& entries, Predicate wanted) {
  std::vector<Entry> found;
  std::copy_if(entries.begin(), entries.end(), std::back_inserter(found), wanted);
  return found;
}

std::string key_of(const Entry& entry) { return entry.service + '\n' + entry.release; }

std::string text_at(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

Result<void> MemoryJournal::append(const Entry& entry) {
  if (entry.kind == EntryKind::checkpoint)
    std::erase_if(entries_,
                  [&](const Entry& e) { return e.kind == entry.kind && key_of(e) == key_of(entry); });
  entries_.push_back(entry);
  entries_.back().sequence = ++sequence_;
  return {};
}

Result<std::vector<Entry>> MemoryJournal::of_release(std::string_view service, std::string_view release) {
  return select(entries_, [&](const Entry& e) { return e.service == service && e.release == release; });
}

Result<std::vector<Entry>> MemoryJournal::of_kind(std::string_view service, EntryKind kind, WallTime since) {
  return select(entries_,
                [&](const Entry& e) { return e.service == service && e.kind == kind && e.at >= since; });
}

Result<std::string> MemoryJournal::unfinished_release(std::string_view service) {
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (entry->service != service) continue;
    if (entry->kind == EntryKind::told) return std::string();
    if (entry->kind == EntryKind::release_started) return entry->release;
  }
  return std::string();
}

Result<void> MemoryJournal::prune(WallTime ended_before) {
  std::set<std::string> old;
  for (const Entry& e : entries_) {
    if (e.kind == EntryKind::told && e.at < ended_before) old.insert(key_of(e));
  }
  std::erase_if(entries_, [&](const Entry& e) { return old.contains(key_of(e)); });
  return {};
}

std::string MemoryJournal::pack() const {
  std::set<std::string> ended, wanted;
  for (const Entry& e : entries_) {
    if (e.kind == EntryKind::told) ended.insert(key_of(e));
  }
  for (auto e = entries_.rbegin(); e != entries_.rend() && wanted.size() < releases_packed; ++e)
    wanted.insert(key_of(*e));
  json::array packed;
  for (const Entry& e : entries_) {
    if (!wanted.contains(key_of(e))) continue;
    if (e.kind == EntryKind::checkpoint && ended.contains(key_of(e))) continue;
    packed.push_back(json::object{{"service", e.service},
                                  {"release", e.release},
                                  {"at_ms", e.at.time_since_epoch().count()},
                                  {"kind", to_text(e.kind)},
                                  {"body", e.body}});
  }
  return json::serialize(json::object{{"version", text_version}, {"entries", std::move(packed)}});
}

Result<void> MemoryJournal::unpack(std::string_view text) {
  const auto malformed = [](const std::string& why) {
    return Error(ErrorKind::malformed, "a handed-over journal cannot be read: " + why, "journal");
  };
  json::error_code ec;
  const json::value value = json::parse(text, ec);
  if (ec || !value.is_object()) return malformed("it is no JSON object");
  const json::object& object = value.get_object();
  const json::value* version = object.if_contains("version");
  const json::value* list = object.if_contains("entries");
  if (version == nullptr || !version->is_int64() || version->get_int64() != text_version)
    return malformed("its version is not 1; it is left as it is");
  if (list == nullptr || !list->is_array()) return malformed("it has no entries");
  std::vector<Entry> read;
  for (const json::value& item : list->get_array()) {
    const auto kind = item.is_object() ? entry_kind(text_at(item.get_object(), "kind")) : std::nullopt;
    const json::value* at = item.is_object() ? item.get_object().if_contains("at_ms") : nullptr;
    if (!kind || at == nullptr || !at->is_int64()) return malformed("an entry is of no known kind");
    const json::object& entry = item.get_object();
    read.push_back({static_cast<std::int64_t>(read.size()) + 1, text_at(entry, "service"),
                    text_at(entry, "release"), WallTime{std::chrono::milliseconds(at->get_int64())}, *kind,
                    text_at(entry, "body")});
  }
  entries_ = std::move(read);
  sequence_ = static_cast<std::int64_t>(entries_.size());
  return {};
}

std::unique_ptr<Journal> make_memory_journal() { return std::make_unique<MemoryJournal>(); }

}  // namespace davy::journal
