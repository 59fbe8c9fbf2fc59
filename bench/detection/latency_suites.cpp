#include "bench/detection/latency_suites.hpp"

#include "bench/detection/check_judge.hpp"
#include "bench/detection/latency_peers.hpp"

#include <fmt/format.h>

namespace davy::bench {
namespace {

CellOf<LatencyStream> cell_of(const LatencyScenario& scenario) {
  CellOf<LatencyStream> cell;
  cell.labels = {fmt::format("{:g}", scenario.tolerance), fmt::format("{:g}", scenario.shift),
                 std::string(name_of(scenario.distribution)), std::string(name_of(scenario.buckets))};
  if (scenario.within_tolerance()) cell.labels.emplace_back(name_of(scenario.condition));
  cell.labels.push_back(fmt::format("{:g}", scenario.rps));
  cell.truth.tolerance = scenario.tolerance;
  cell.truth.multiplier = scenario.shift;
  cell.truth.onset_s = scenario.onset_s;
  cell.make_source = [scenario] {
    auto filler = std::make_shared<LatencyStreams>(scenario);
    return [filler](int run, LatencyStream& stream) { filler->fill(run, stream); };
  };
  return cell;
}

std::vector<CellOf<LatencyStream>> cells(bool within_tolerance) {
  std::vector<CellOf<LatencyStream>> list;
  for (const LatencyScenario& scenario : latency_scenarios())
    if (scenario.within_tolerance() == within_tolerance) list.push_back(cell_of(scenario));
  return list;
}

std::vector<DetectorFactoryOf<LatencyStream>> detectors() {
  std::vector<DetectorFactoryOf<LatencyStream>> list;
  list.push_back([](const Truth& truth) { return make_latency_judge("REC", p99_check(truth.tolerance)); });
  for (const std::string_view name : latency_peer_names())
    list.push_back([name](const Truth& truth) { return make_latency_peer(name, truth.tolerance); });
  return list;
}

}  // namespace

std::vector<SuiteOf<LatencyStream>> latency_suites() {
  return {{"latency-false",
           "Latency p99, false rollback over 10 minutes, percent",
           {"g", "shift", "dist", "buckets", "condition", "rps"},
           Answer::false_rollbacks,
           cells(true),
           detectors(),
           16},
          {"latency-time",
           "Latency p99, seconds to rollback, median/p90",
           {"g", "shift", "dist", "buckets", "rps"},
           Answer::times,
           cells(false),
           detectors(),
           8}};
}

}  // namespace davy::bench
