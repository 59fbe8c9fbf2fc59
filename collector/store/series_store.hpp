#pragma once

// One target's running totals, from scrape to scrape: what each series has gained since the last good scrape.
//
// The rules: a series gains max(0, now - before). A restart that the process start time or the
// series' _created shows makes the gain `now`, since everything was counted after the restart. A total that
// falls without such a sign is a reset at an unknown moment: the target's tick is missing, and counting
// starts anew. A series that appears in a process we already know counts from zero, since totals are often
// created at their first event; on a target's first scrape nothing is known and nothing is gained. Missed
// scrapes are summed up by the next good one.

#include "core/base/result.hpp"
#include "core/model/batch.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace davy::collector {

// What lies between the last good scrape and this one.
enum class Continuity { first, continued, restarted, reset };

struct SeriesGain {
  std::uint32_t id = 0;  // of the series within this store, small; stable while it is known, then used again
  std::optional<double> gained;  // nothing: it cannot be said
  bool is_new = false;           // it was not there at the last good scrape
  bool is_new_id = false;        // whatever was known of this id concerns another series
};

struct StoreStep {
  Continuity continuity = Continuity::first;
  std::vector<SeriesGain> gains;  // parallel to the reading's samples
  std::optional<Error> warning;   // a series was invalidated, and why
};

class SeriesStore {
 public:
  // The reading must be a good one. The step is valid until the next call.
  const StoreStep& advance(const TargetReading& reading);

  std::size_t size() const { return states_.size(); }

 private:
  struct State {
    SeriesRef series;
    std::uint32_t id = 0;
    double value = 0;
    std::optional<double> created;
    std::uint64_t scrape = 0;  // when last seen
  };

  Continuity compare(const TargetReading& reading) const;
  State& state_of(const SeriesRef& series, bool& is_known);
  std::optional<double> gain(const State& state, const Sample& sample, Continuity continuity,
                             bool is_known) const;
  bool fell(const TargetReading& reading);
  std::uint32_t take_id();
  void forget_vanished();

  StoreStep step_;
  std::unordered_map<const Series*, State> states_;
  std::unordered_map<std::string, const Series*> identities_;  // name and labels, whatever the type
  std::uint64_t scrape_ = 0;
  std::uint32_t next_id_ = 0;
  std::vector<std::uint32_t> free_ids_;
  std::optional<double> process_start_time_;
  std::optional<double> server_time_;
  Instant last_at_{};
  bool has_forgotten_ = false;  // then an unknown series may be one we knew: it no longer counts from zero
};

}  // namespace davy::collector
