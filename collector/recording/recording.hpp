#pragma once

// A recording, read: every round of a watch as it was collected, what was asked of the guard before it, when
// it was judged, and a digest of what was found. docs/recording-format.md says how it is written.
//
// Reading never fails as a whole unless there is nothing to read: what was cut off or damaged is left out and
// said.

#include "core/model/batch.hpp"
#include "core/model/guard_snapshot.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace davy::collector::recording {

inline constexpr std::uint64_t format_version = 1;

// What a recording says of itself.
struct Head {
  std::string service;
  std::string program;  // "davy 0.5.0"
  std::string policy_digest;
  std::string policy;  // its text, as it was
  Duration interval{};
  // The names of the samples that were kept; empty: all.
  std::vector<std::string> names;
  // The two clocks at one moment.
  Instant since{};
  WallTime wall{};
};

struct Request {
  OperatorRequest request;
  Instant at{};
};

struct Round {
  std::vector<Request> requests;  // that were taken up before it
  Batch batch;
  std::optional<Instant> judged_at;
  std::uint64_t verdict = 0;  // digest() of what was found, where it was judged
  bool after_gap = false;     // rounds before it were lost, or another process had the watch
};

struct Recording {
  Head head;
  std::vector<Round> rounds;
  std::vector<std::string> reports;   // of the releases that ended, as JSON
  std::vector<std::string> problems;  // what could not be read, in words
};

// Errors: malformed where there is no recording in these bytes at all, unsupported for a later format.
Result<Recording> read_recording(std::string_view bytes);
// The same of a file. Errors: not_found, denied too.
Result<Recording> load_recording(const std::string& path);

}  // namespace davy::collector::recording
