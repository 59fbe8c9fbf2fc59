#pragma once

// Everything one round learned from one source of numbers.

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/model/metric.hpp"
#include "core/model/target.hpp"

#include <optional>
#include <string>
#include <vector>

namespace davy {

// One target's answer. Either `problem` says why there is none, or `samples` holds every sample that the
// policy's selectors can use (others are counted and dropped while parsing).
struct TargetReading {
  std::string target;  // Target::id
  std::string url;
  bool for_canary = false;  // which sides this target speaks for: one, or both
  bool for_baseline = false;
  Labels labels;
  Instant at{};  // when the answer arrived
  Duration took{};
  std::size_t body_bytes = 0;  // decompressed
  std::size_t sample_count = 0;
  std::size_t duplicate_samples = 0;         // text format: the first of each is kept
  std::size_t timestamped_samples = 0;       // with a time of their own, which is ignored
  std::optional<double> process_start_time;  // Unix seconds, where exposed: a change is a restart
  std::optional<double> server_time;         // Unix seconds by the target's clock, where it says (Date)
  std::optional<Error> problem;
  std::vector<Sample> samples;
};

// What the platform says of one instance, whether or not it answers a scrape.
struct InstanceState {
  std::string target;  // Target::id
  bool for_canary = false;
  std::int64_t restarts = 0;  // since the instance was created, those for want of memory among them
  std::string trouble;        // "CrashLoopBackOff", "OOMKilled", "not ready for 2m"; empty when it is well
};

// What one promql check's query gave for one side: a number, or why there is none. A problem of kind
// not_found says that the server answered and has no data.
struct QueryValue {
  std::string check;  // Check::name
  bool for_canary = false;
  std::optional<double> value;
  std::optional<Error> problem;
};

struct Batch {
  Instant at{};  // when the round's collection began
  // A source that learns at another's pace says whether that brought anything, and of when it is; a scrape is
  // always new, and of now.
  bool nothing_new = false;      // the readings list who is there and bring no samples: no tick ends
  std::optional<Instant> as_of;  // when the newest of the samples were taken, where that was earlier
  std::vector<InstanceState> instances;
  bool baseline_replaced =
      false;  // the release has taken the baseline's place: it is gone, and not unreachable
  std::vector<TargetReading> readings;
  std::vector<QueryValue> queries;  // of the promql checks
  std::vector<Error> problems;      // of discovery: a name that did not resolve, a file that cannot be read
};

}  // namespace davy
