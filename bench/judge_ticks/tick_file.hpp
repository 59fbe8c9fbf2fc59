#pragma once

// A file of ticks recorded from a real system: what was counted on both sides, and what should come of it.
//
// The format is that of the shared data's README: `canary` and `baseline` are one series each, or
// `canary_pods` and `baseline_pods` one a pod with times relative to the deploy. A file with `cases` holds
// many pairs of plain lists of values; each becomes a file of its own with a gauge called `value`. Times are
// seconds, shares fractions. What cannot be read is ErrorKind::malformed, and the message names the place.

#include "core/base/result.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace davy::judge_ticks {

struct FileTick {
  double t_s = 0;  // its beginning
  std::optional<double> n, errors;
  std::vector<double> buckets;           // per bin, parallel to TickFile::bounds; empty where not given
  std::map<std::string, double> gauges;  // every other number, by its key
};

struct Series {
  std::string name;
  std::vector<FileTick> ticks;  // oldest first
};

struct FileLimits {
  std::optional<double> max, max_increase, ignore_increase_below;
};

struct TickFile {
  std::string name;
  std::string expected;          // the file's `verdict`
  std::string label_confidence;  // how sure its author was
  std::vector<double> bounds;    // of the buckets, in seconds, +Inf last
  bool by_pod = false;           // t_s counts from the deploy; otherwise the two series run side by side
  std::vector<Series> canary, baseline;
  FileLimits limits;
  std::optional<double> confidence, window_s, tick_s;
};

Result<std::vector<TickFile>> parse_tick_file(std::string_view text, const std::string& name);
Result<std::vector<TickFile>> read_tick_file(const std::filesystem::path& path, const std::string& name);

// Every file of ticks below the folder, in the order of their names.
std::vector<std::filesystem::path> find_tick_files(const std::filesystem::path& folder);

}  // namespace davy::judge_ticks
