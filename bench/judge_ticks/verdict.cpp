#include "bench/judge_ticks/verdict.hpp"

#include "bench/judge_ticks/checks.hpp"
#include "bench/judge_ticks/comparison_for.hpp"
#include "bench/judge_ticks/windows.hpp"

#include <algorithm>
#include <array>

namespace davy::judge_ticks {
namespace {

struct CheckRun {
  Check check;
  Window window;
  std::unique_ptr<judge::Comparison> comparison;
  Finding last;
};

std::vector<CheckRun> runs_of(const TickFile& file, const Timeline& timeline) {
  const FilePolicy policy = policy_for(file, timeline.tick_s);
  std::vector<CheckRun> runs;
  for (const Check& check : policy.checks) {
    CheckRun run{check, empty_window(file, check, timeline), comparison_for(check, policy), {}};
    run.last.nothing_seen = true;
    run.last.sentence = check.name + ": the canary has no ticks after the deploy";
    runs.push_back(std::move(run));
  }
  return runs;
}

// Which answer of a check decides over the file's others. A check without data leaves it open.
constexpr std::array<Given, 4> by_weight{Given::breach, Given::inconclusive, Given::no_data, Given::pass};

FileVerdict verdict_of(const std::vector<CheckRun>& runs) {
  if (runs.empty()) return {Given::no_data, std::nullopt, "the file holds nothing to judge"};
  bool differ = false;
  const CheckRun* decisive = &runs.front();
  const auto weight = [](const CheckRun& run) {
    return std::find(by_weight.begin(), by_weight.end(), given_by(run.last)) - by_weight.begin();
  };
  for (const CheckRun& run : runs) {
    differ = differ || given_by(run.last) != given_by(runs.front().last);
    if (weight(run) < weight(*decisive)) decisive = &run;
  }
  FileVerdict verdict{given_by(decisive->last), std::nullopt, decisive->last.sentence};
  if (verdict.given == Given::no_data && differ) verdict.given = Given::inconclusive;
  return verdict;
}

}  // namespace

std::string_view to_text(Given given) {
  switch (given) {
    case Given::breach: return "breach";
    case Given::pass: return "pass";
    case Given::inconclusive: return "inconclusive";
    case Given::no_data: return "no_data";
  }
  return "";
}

// A breach that the baseline shows too is not the canary's, and says nothing good of it either.
Given given_by(const Finding& last) {
  switch (last.outcome) {
    case Outcome::breach: return last.shared_failure ? Given::inconclusive : Given::breach;
    case Outcome::healthy: return Given::pass;
    case Outcome::not_enough_data: return last.nothing_seen ? Given::no_data : Given::inconclusive;
    case Outcome::source_error: return last.canary.samples > 0 ? Given::inconclusive : Given::no_data;
  }
  return Given::inconclusive;
}

FileVerdict judge_file(const TickFile& file) {
  const Timeline timeline = timeline_of(file);
  std::vector<CheckRun> runs = runs_of(file, timeline);
  for (const Round& round : timeline.rounds) {
    bool breached = false;
    for (CheckRun& run : runs) {
      append(run.window, run.check, round);
      if (!round.judged) continue;
      run.last = run.comparison->compare(run.window);
      breached = breached || given_by(run.last) == Given::breach;
    }
    if (!breached) continue;
    FileVerdict verdict = verdict_of(runs);
    verdict.seconds = round.end_s;
    return verdict;
  }
  return verdict_of(runs);
}

}  // namespace davy::judge_ticks
