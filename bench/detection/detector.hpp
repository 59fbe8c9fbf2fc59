#pragma once

// Whatever may roll a canary back: a judge, a rule of another tool, an oracle. One run looks at one stream
// from its first tick to its last and must not look ahead of the tick it decides at. An object serves any
// number of runs, one after the other, and remembers nothing of the run before; it is used by one thread.

#include "bench/detection/stream.hpp"

#include <string_view>

namespace davy::bench {

struct Detection {
  bool fired = false;
  double at_s = 0;  // seconds after the deploy, at the end of the tick that decided

  bool operator==(const Detection&) const = default;
};

// `S` is the kind of stream it looks at: Stream, LatencyStream or GaugeStream.
template <typename S>
class DetectorOf {
 public:
  virtual ~DetectorOf() = default;
  virtual std::string_view name() const = 0;
  virtual Detection run(const S& stream) = 0;
};

using Detector = DetectorOf<Stream>;

}  // namespace davy::bench
