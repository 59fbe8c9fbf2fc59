#pragma once

// What other tools would have done with the same histograms, from the p99 of every minute as Prometheus
// interpolates it, once a minute.
//
//   kay5/10     Kayenta's classifier on the canary's and the baseline's p99, asked at minutes 5 and 10
//   kay-1m      the same, asked every minute from the third on
//   argo-rel0   Argo Rollouts, canary's p99 > the tolerance times the baseline's, failureLimit 0
//   argo-rel3   the same with failureLimit 3: the fourth failure
//   flag500-t5  Flagger, request-duration max 500 ms, interval 1m, threshold 5; no traffic is a failed check

#include "bench/detection/detector.hpp"
#include "bench/detection/latency_stream.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace davy::bench {

// In the order above.
const std::vector<std::string_view>& latency_peer_names();

// Throws std::out_of_range when there is no such peer.
std::unique_ptr<DetectorOf<LatencyStream>> make_latency_peer(std::string_view name, double tolerance);

}  // namespace davy::bench
