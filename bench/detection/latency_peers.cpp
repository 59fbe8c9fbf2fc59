#include "bench/detection/latency_peers.hpp"

#include "bench/detection/latency_minutes.hpp"
#include "bench/detection/minute_rules.hpp"
#include "bench/detection/peers_rank.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>

namespace davy::bench {
namespace {

using Minutes = std::span<const LatencyMinute>;  // since the deploy, the last one just over
using Rule = bool (*)(Minutes, double tolerance);

constexpr double flagger_max_s = 0.5;

long slower_minutes(Minutes minutes, double tolerance) {
  return std::count_if(minutes.begin(), minutes.end(), [&](const LatencyMinute& minute) {
    return minute.canary_p99 && minute.baseline_p99 && *minute.canary_p99 > tolerance * *minute.baseline_p99;
  });
}

bool argo_rel0(Minutes minutes, double tolerance) { return slower_minutes(minutes, tolerance) > 0; }
bool argo_rel3(Minutes minutes, double tolerance) { return slower_minutes(minutes, tolerance) > 3; }

bool flag_t5(Minutes minutes, double) {
  return std::count_if(minutes.begin(), minutes.end(), [](const LatencyMinute& minute) {
           return !minute.canary_p99 || *minute.canary_p99 > flagger_max_s;
         }) >= 5;
}

bool kayenta(Minutes minutes) {
  std::vector<double> canary, baseline;
  for (const LatencyMinute& minute : minutes) {
    if (minute.canary_p99) canary.push_back(*minute.canary_p99);
    if (minute.baseline_p99) baseline.push_back(*minute.baseline_p99);
  }
  return kayenta_high(canary, baseline);
}

bool kay_twice(Minutes minutes, double) { return minutes.size() % 5 == 0 && kayenta(minutes); }
bool kay_every_minute(Minutes minutes, double) { return minutes.size() >= 3 && kayenta(minutes); }

struct Peer {
  std::string_view name;
  Rule rule;
};

constexpr Peer peers[] = {{"kay5/10", kay_twice},
                          {"kay-1m", kay_every_minute},
                          {"argo-rel0", argo_rel0},
                          {"argo-rel3", argo_rel3},
                          {"flag500-t5", flag_t5}};

}  // namespace

const std::vector<std::string_view>& latency_peer_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> list;
    for (const Peer& peer : peers) list.push_back(peer.name);
    return list;
  }();
  return names;
}

std::unique_ptr<DetectorOf<LatencyStream>> make_latency_peer(std::string_view name, double tolerance) {
  for (const Peer& peer : peers)
    if (peer.name == name)
      return std::make_unique<MinuteDetector<LatencyStream, LatencyMinute>>(
          peer.name, [rule = peer.rule, tolerance](Minutes minutes) { return rule(minutes, tolerance); });
  throw std::out_of_range("no peer " + std::string(name));
}

}  // namespace davy::bench
