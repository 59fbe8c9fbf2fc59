#include "bench/detection/suites.hpp"

#include "bench/detection/detectors.hpp"
#include "bench/detection/error_stream.hpp"
#include "bench/detection/world_stream.hpp"

#include <fmt/format.h>
#include <memory>
#include <utility>

namespace davy::bench {
namespace {

constexpr int member_counts[] = {1, 2, 3, 5, 10};
constexpr double world_rps = 50;
constexpr double world_error = 0.01;

std::string percent(double share) { return fmt::format("{:g}%", 100 * share); }

// `Filler` is ErrorStream or WorldStream; the source keeps its own.
template <typename Filler, typename Description>
std::function<StreamSource()> source_of(const Description& description) {
  return [description] {
    auto filler = std::make_shared<Filler>(description);
    return [filler](int run, Stream& stream) { filler->fill(run, stream); };
  };
}

Cell cell_of(const Scenario& scenario) {
  Cell cell;
  cell.labels = {std::string(name_of(scenario.condition)), percent(scenario.base_error)};
  if (scenario.mode == Mode::faulty) cell.labels.push_back(effect_of(scenario));
  cell.labels.push_back(fmt::format("{:g}", scenario.canary_rps));
  cell.truth = truth_of(scenario);
  cell.make_source = source_of<ErrorStream>(scenario);
  return cell;
}

Cell cell_of(const WorldScenario& scenario) {
  Cell cell;
  cell.labels = {std::string(name_of(scenario.world)), fmt::to_string(scenario.members)};
  if (!scenario.truth.healthy()) cell.labels.push_back(effect_of(scenario.truth));
  cell.truth = scenario.truth;
  cell.make_source = source_of<WorldStream>(scenario);
  return cell;
}

std::vector<Cell> published_cells(auto wanted) {
  std::vector<Cell> cells;
  for (const Scenario& scenario : error_scenarios())
    if (wanted(scenario)) cells.push_back(cell_of(scenario));
  return cells;
}

std::vector<Cell> world_cells(const std::vector<Truth>& truths) {
  std::vector<Cell> cells;
  for (const World world : all_worlds())
    for (const int members : member_counts)
      for (const Truth& truth : truths)
        cells.push_back(cell_of(world_scenario(world, members, world_rps, truth)));
  return cells;
}

Suite published_times(std::string name, std::string title, auto wanted) {
  return {std::move(name),
          std::move(title),
          {"cond", "base", "effect", "rps"},
          Answer::times,
          published_cells(
              [&](const Scenario& scenario) { return scenario.mode == Mode::faulty && wanted(scenario); }),
          {}};
}

}  // namespace

std::vector<Suite> all_suites(bool refinements) {
  const Truth healthy = {.base_error = world_error};
  const Truth added = {.base_error = world_error, .addend = 0.03, .onset_s = 240};
  const Truth tripled = {.base_error = world_error, .multiplier = 3, .onset_s = 240};
  std::vector<Suite> suites;
  suites.push_back({"false",
                    "False rollback over 10 minutes, percent",
                    {"condition", "base", "rps"},
                    Answer::false_rollbacks,
                    published_cells([](const Scenario& scenario) { return scenario.mode == Mode::healthy; }),
                    {}});
  suites.push_back(published_times("time", "Seconds to rollback, median/p90", [](const Scenario& scenario) {
    return scenario.condition == Condition::iid && scenario.onset_s == 0;
  }));
  suites.push_back(published_times("late", "Late onset at 300 s: delay after the onset",
                                   [](const Scenario& scenario) { return scenario.onset_s > 0; }));
  suites.push_back(
      published_times("noise", "Seconds to rollback under bursts, slow pod noise, unlike pods",
                      [](const Scenario& scenario) { return scenario.condition != Condition::iid; }));
  suites.push_back({"worlds",
                    "False rollback in other worlds, 1% and 50 rps, percent",
                    {"world", "members"},
                    Answer::false_rollbacks,
                    world_cells({healthy}),
                    {}});
  suites.push_back({"worlds-time",
                    "Other worlds, 1% and 50 rps: delay after an onset at 240 s",
                    {"world", "members", "effect"},
                    Answer::times,
                    world_cells({added, tripled}),
                    {}});
  for (Suite& suite : suites) {
    const bool is_healthy = suite.answer == Answer::false_rollbacks;
    suite.detectors = refinements ? refinements_for(is_healthy) : detectors_for(is_healthy);
  }
  return suites;
}

}  // namespace davy::bench
