#pragma once

// One round's Batch as bytes, and back: bit for bit. Both sides remember what went before in the segment:
// texts, series and targets are written once, and values as what has changed. A new segment begins with a new
// encoder.

#include "core/base/bytes.hpp"
#include "core/model/batch.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace davy::collector::recording {

// What is known of a target: the series of its last good answer, in order, and their values.
struct TargetMemory {
  std::string url;
  Labels labels;
  std::vector<std::uint32_t> series;  // by their numbers in the segment
  std::vector<double> values;
  std::vector<double> created;  // parallel; NaN: none
  double process_start_time = 0;
  double server_time = 0;
  std::uint64_t body_bytes = 0, sample_count = 0;
};

class BatchEncoder {
 public:
  explicit BatchEncoder(Instant since) : last_(since) {}
  std::string encode(const Batch& batch);

 private:
  void text(std::string_view value);
  void labels(const Labels& labels);
  void error(const Error& error);
  void query(const QueryValue& query);
  void reading(const TargetReading& reading, Instant round);
  void samples(const TargetReading& reading, TargetMemory& memory);
  std::uint32_t number_of(const SeriesRef& series);

  ByteWriter out_;
  Instant last_;
  std::unordered_map<std::string, std::uint64_t> texts_;
  std::unordered_map<const Series*, std::uint32_t> series_;
  std::vector<SeriesRef> kept_;  // so that no other series can have the address of one of these
  std::size_t defined_ = 0;      // how many of them have been written
  std::map<std::string, TargetMemory> targets_;
  std::map<std::pair<std::string, bool>, double> numbers_;  // of queries, by check and side
};

// The series of a whole recording: the same object for the same series, across segments.
class SeriesPool {
 public:
  SeriesRef intern(Series series);

 private:
  std::unordered_map<std::string, SeriesRef> known_;
};

class BatchDecoder {
 public:
  BatchDecoder(Instant since, SeriesPool& pool) : last_(since), pool_(pool) {}
  // Throws MalformedBytes.
  Batch decode(std::string_view payload);

 private:
  std::string text(ByteReader& in);
  Labels labels(ByteReader& in);
  Error error(ByteReader& in);
  QueryValue query(ByteReader& in);
  TargetReading reading(ByteReader& in, Instant round);
  void samples(ByteReader& in, TargetReading& reading, TargetMemory& memory);
  void new_series(ByteReader& in);

  Instant last_;
  SeriesPool& pool_;
  std::vector<std::string> texts_;
  std::vector<SeriesRef> series_;
  std::map<std::string, TargetMemory> targets_;
  std::map<std::pair<std::string, bool>, double> numbers_;
};

}  // namespace davy::collector::recording
