#include "bench/detection/pass_suites.hpp"

#include "bench/detection/error_stream.hpp"
#include "bench/detection/judges.hpp"
#include "bench/detection/pass_detectors.hpp"

#include <cmath>
#include <fmt/format.h>

namespace davy::bench {
namespace {

// Far from the published scenarios, whose numbers their seeds are made of.
constexpr int first_pass_id = 1000;
constexpr int first_ticks_id = 2000;
constexpr double window_s = 600;
constexpr double history_s = 300;

Cell cell_of(const Scenario& scenario, std::vector<std::string> labels) {
  Cell cell;
  cell.labels = std::move(labels);
  cell.truth = truth_of(scenario);
  cell.make_source = [scenario] {
    auto filler = std::make_shared<ErrorStream>(scenario);
    return [filler](int run, Stream& stream) { filler->fill(run, stream); };
  };
  return cell;
}

struct Service {
  Condition condition;
  double base_error;
};

std::vector<Cell> pass_cells() {
  using enum Condition;
  std::vector<Cell> cells;
  for (const Service& service :
       {Service{iid, 0.001}, {iid, 0.01}, {burst, 0.01}, {gamma, 0.01}, {ar1, 0.01}}) {
    for (const double rps : {5.0, 50.0, 500.0}) {
      for (const double ratio : {1.0, 1.5}) {
        Scenario scenario;
        scenario.id = first_pass_id + static_cast<int>(cells.size());
        scenario.condition = service.condition;
        scenario.base_error = service.base_error;
        scenario.canary_rps = rps;
        scenario.multiplier = ratio;
        cells.push_back(cell_of(
            scenario, {std::string(name_of(service.condition)), fmt::format("{:g}", service.base_error),
                       fmt::format("{:g}", rps), fmt::format("{:g}", ratio)}));
      }
    }
  }
  return cells;
}

std::vector<Cell> ticks_cells() {
  std::vector<Cell> cells;
  for (const double tick_s : {1.0, 5.0, 15.0}) {
    for (const double multiplier : {1.0, 2.0, 5.0, 100.0}) {
      Scenario scenario;
      scenario.id = first_ticks_id + static_cast<int>(cells.size());
      scenario.base_error = 0.01;
      scenario.canary_rps = 50;
      scenario.all_fail = multiplier == 100;
      scenario.multiplier = scenario.all_fail ? 1 : multiplier;
      scenario.tick_s = tick_s;
      scenario.window_ticks = static_cast<int>(std::lround(window_s / tick_s));
      scenario.history_ticks = static_cast<int>(std::lround(history_s / tick_s));
      cells.push_back(cell_of(scenario, {fmt::format("{:g} s", tick_s), effect_of(scenario)}));
    }
  }
  return cells;
}

}  // namespace

std::vector<Suite> pass_suites() {
  Suite pass{"pass",
             "Inside 1.5 times the baseline's rate at 95%, over it at 1%, and the 95% interval's misses",
             {"condition", "base", "rps", "ratio"},
             Answer::shares,
             pass_cells(),
             {}};
  for (const std::string_view name : pass_detector_names())
    pass.detectors.push_back([name](const Truth& truth) { return make_pass_detector(name, truth); });
  Suite ticks{"ticks",
              "Length of a tick, 1% and 50 rps: rollback within 10 minutes",
              {"tick", "effect"},
              Answer::shares,
              ticks_cells(),
              {}};
  for (const std::string_view name : {"REC", "RECplain", "RECcold", "POL"})
    ticks.detectors.push_back([name](const Truth&) { return make_judge(name); });
  pass.runs_divisor = 10;
  ticks.runs_divisor = 4;
  return {pass, ticks};
}

}  // namespace davy::bench
