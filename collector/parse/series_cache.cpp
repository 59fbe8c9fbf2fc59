#include "collector/parse/series_cache.hpp"

#include "collector/parse/byte_set.hpp"

#include <utility>
#include <vector>

namespace davy::collector {
namespace {

constexpr std::uint64_t scrapes_kept = 8;
constexpr char separator = '\xff';  // not in UTF-8

Labels labels_of(const SampleView& sample, const Labels& target_labels) {
  std::vector<Labels::Pair> pairs(target_labels.begin(),
                                  target_labels.end());  // first, since the first of a name stays
  for (const LabelView& label : sample.labels) pairs.emplace_back(label.name, label.value);
  return Labels(std::move(pairs));
}

}  // namespace

std::size_t SeriesCache::Hash::operator()(std::string_view text) const { return hash_bytes(text); }

void SeriesCache::begin_scrape() { ++scrape_; }

SeriesCache::Found SeriesCache::find(const SampleView& sample) {
  auto spelling = spellings_.find(sample.source);
  if (spelling == spellings_.end() || spelling->second.entry->series->type != sample.type) {
    // New, or of another type than before: the type is part of what a series is.
    spelling = spellings_.insert_or_assign(std::string(sample.source), Spelling{intern(sample), 0}).first;
  }
  spelling->second.scrape = scrape_;
  Entry& entry = *spelling->second.entry;
  const bool seen_before = std::exchange(entry.scrape, scrape_) == scrape_;
  return {entry.series, &entry.index, seen_before};
}

std::shared_ptr<SeriesCache::Entry> SeriesCache::intern(const SampleView& sample) {
  auto series = std::make_shared<Series>(
      Series{std::string(sample.name), labels_of(sample, target_labels_), sample.type});
  std::string identity = series->name;
  for (const auto& [name, value] : series->labels) {
    identity += separator;
    identity += name;
    identity += separator;
    identity += value;
  }
  std::weak_ptr<Entry>& known = identities_[std::move(identity)];
  auto entry = known.lock();
  if (entry && entry->series->type == sample.type) return entry;
  entry = std::make_shared<Entry>(Entry{std::move(series), 0, 0});
  known = entry;
  return entry;
}

void SeriesCache::end_scrape() {
  if (scrape_ % scrapes_kept != 0) return;
  std::erase_if(spellings_, [&](const auto& item) { return item.second.scrape + scrapes_kept <= scrape_; });
  std::erase_if(identities_, [](const auto& item) { return item.second.expired(); });
}

}  // namespace davy::collector
