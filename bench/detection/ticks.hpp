#pragma once

// Streams as the judge's own windows: one canary, and every baseline pod a member, "pod-0" and on. Ticks must
// be of equal length.

#include "bench/detection/gauge_stream.hpp"
#include "bench/detection/latency_stream.hpp"
#include "bench/detection/stream.hpp"
#include "core/model/window.hpp"

namespace davy::bench {

// Without ticks; `now` is the moment of the deploy.
Window empty_window(const Stream& stream);
Window empty_window(const LatencyStream& stream);
Window empty_window(const GaugeStream& stream);

// Overwrites `out` and keeps its memory. Before the deploy, and while warming up, a tick is not judged.
void take_tick(const Stream& stream, int tick, Tick& out);
void take_tick(const LatencyStream& stream, int tick, Tick& out);
void take_tick(const GaugeStream& stream, int tick, Tick& out);

}  // namespace davy::bench
