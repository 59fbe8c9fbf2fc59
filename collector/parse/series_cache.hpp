#pragma once

// One target's series, interned: while a target keeps exposing the same bytes, name{...}, its labels are
// neither copied nor sorted again. Two spellings of one series ({a="1",b="2"} and {b="2",a="1"}) are one
// object.
//
// A series that has not been seen for a few scrapes is forgotten, so memory follows what the target exposes
// now.

#include "collector/parse/exposition.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace davy::collector {

class SeriesCache {
 public:
  // `target_labels` are added to every series and win over exposed labels of the same name.
  explicit SeriesCache(Labels target_labels) : target_labels_(std::move(target_labels)) {}

  struct Found {
    SeriesRef series;
    std::size_t* last_index;  // where the caller keeps this series' place in the current scrape
    bool seen_before;         // earlier in the same scrape: a duplicate
  };
  void begin_scrape();
  Found find(const SampleView& sample);
  void end_scrape();

  std::size_t size() const { return spellings_.size(); }

 private:
  struct Entry {
    SeriesRef series;
    std::uint64_t scrape = 0;  // when last seen
    std::size_t index = 0;
  };
  struct Spelling {
    std::shared_ptr<Entry> entry;
    std::uint64_t scrape = 0;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const;
  };
  template <class Value>
  using Table = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

  std::shared_ptr<Entry> intern(const SampleView& sample);

  Labels target_labels_;
  Table<Spelling> spellings_;               // by the bytes as exposed
  Table<std::weak_ptr<Entry>> identities_;  // by name and sorted labels
  std::uint64_t scrape_ = 0;
};

}  // namespace davy::collector
