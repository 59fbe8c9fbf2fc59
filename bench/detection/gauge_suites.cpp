#include "bench/detection/gauge_suites.hpp"

#include "bench/detection/check_judge.hpp"

#include <fmt/format.h>

namespace davy::bench {
namespace {

CellOf<GaugeStream> cell_of(const GaugeScenario& scenario) {
  CellOf<GaugeStream> cell;
  cell.labels = {fmt::format("{:g}", scenario.memory), fmt::format("{:g}", scenario.members_sd),
                 fmt::format("{:g}", scenario.shift)};
  cell.truth.multiplier = scenario.shift;
  cell.truth.tolerance = 1 + scenario.max_increase;
  cell.make_source = [scenario] {
    auto filler = std::make_shared<GaugeStreams>(scenario);
    return [filler](int run, GaugeStream& stream) { filler->fill(run, stream); };
  };
  return cell;
}

}  // namespace

std::vector<SuiteOf<GaugeStream>> gauge_suites() {
  SuiteOf<GaugeStream> suite{"gauges",
                             "Gauges wandering by 15%, at most 20% above the baseline: breach",
                             {"memory", "members sd", "shift"},
                             Answer::shares,
                             {},
                             {}};
  for (const GaugeScenario& scenario : gauge_scenarios()) suite.cells.push_back(cell_of(scenario));
  suite.detectors.push_back(
      [](const Truth& truth) { return make_gauge_judge("breach", gauge_check(truth.tolerance - 1)); });
  suite.runs_divisor = 4;
  return {suite};
}

}  // namespace davy::bench
