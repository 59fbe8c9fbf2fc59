#pragma once

// What other tools would have done with the same counts, as their documentation describes the rules people
// copy. All but zpeek see one-minute points and decide once a minute.
//
//   argo-rel  Argo Rollouts, canary's error rate of the last minute > 1.5 times the baseline's, failureLimit
//   0 argo-fl0  Argo Rollouts, success rate of the last five minutes >= 99%, failureLimit 0 argo-fl3  Argo
//   Rollouts, success rate of the last minute >= 99%, failureLimit 3: the fourth failure flag-t1   Flagger,
//   request-success-rate min 99, interval 1m, threshold 1; no traffic is a failed check flag-t5   the same
//   with threshold 5 kay5/10   Kayenta's classifier on the points so far, asked at minutes 5 and 10 kay-1m
//   the same, asked every minute from the third on zpeek     a two-proportion z test at 1%, one-sided, on all
//   counts since the deploy, asked every tick

#include "bench/detection/detector.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace davy::bench {

// In the order above.
const std::vector<std::string_view>& peer_names();

// Throws std::out_of_range when there is no such peer.
std::unique_ptr<Detector> make_peer(std::string_view name);

}  // namespace davy::bench
