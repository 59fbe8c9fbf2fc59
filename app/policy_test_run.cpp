#include "app/policy_test_run.hpp"

#include "app/given_series.hpp"
#include "core/base/duration_text.hpp"

#include <filesystem>
#include <fmt/format.h>

namespace davy::app {
namespace {

using config::Decision;

Decision decision_of(Phase end) {
  switch (end) {
    case Phase::observed:
    case Phase::healed:
    case Phase::needs_human: return Decision::roll_back;
    case Phase::passed: return Decision::pass;
    case Phase::inconclusive: return Decision::inconclusive;
    default: return Decision::undecided;
  }
}

// The verdicts of a release, by their time since it began.
using Moments = std::vector<std::pair<Duration, Verdict>>;

void check_moments(const config::Expected& expected, const Moments& moments, TestOutcome& outcome) {
  for (const config::ExpectedMoment& wanted : expected.moments) {
    const Verdict* then = nullptr;
    for (const auto& [at, verdict] : moments)
      if (at <= wanted.at) then = &verdict;
    if (moments.empty() || moments.back().first < wanted.at) then = nullptr;
    if (then == nullptr) {
      outcome.failures.push_back(
          fmt::format("at {}: {} was expected, and it was decided, or the series had ended, before that",
                      to_text(wanted.at), to_text(wanted.verdict)));
    } else if (then->kind != wanted.verdict) {
      outcome.failures.push_back(fmt::format("at {}: {} was expected, found {}: {}", to_text(wanted.at),
                                             to_text(wanted.verdict), to_text(then->kind), then->sentence));
    }
  }
}

void check_decision(const config::Expected& expected, const ReplayedRelease& release, double detected_s,
                    TestOutcome& outcome) {
  const Decision decision = decision_of(release.end);
  const auto fail = [&](std::string text) { outcome.failures.push_back(std::move(text)); };
  if (expected.decision && *expected.decision != decision)
    fail(fmt::format("{} was expected, found {}", to_text(*expected.decision), to_text(decision)));
  if (!expected.check.empty() && release.check != expected.check)
    fail(fmt::format("check {} should be blamed, found {}", expected.check,
                     release.check.empty() ? "none" : release.check));
  if (!expected.says.empty() && release.sentence.find(expected.says) == std::string::npos)
    fail(fmt::format("the sentence should say '{}'", expected.says));
  if (expected.after && detected_s < seconds(*expected.after))
    fail(fmt::format("decided after {:.1f} s, and not before {} was expected", detected_s,
                     to_text(*expected.after)));
  if (expected.before && (decision == Decision::undecided || detected_s > seconds(*expected.before)))
    fail(fmt::format("a decision was expected within {}, found it after {:.1f} s", to_text(*expected.before),
                     detected_s));
}

}  // namespace

TestOutcome run_test(const config::TestCase& test, const config::Policy& policy, const std::string& folder) {
  TestOutcome outcome{test.name, {}, {}};
  collector::recording::Recording recording;
  ReplayOptions options;
  if (test.recording.empty()) {
    recording = recording_of(test, policy);
  } else {
    auto loaded =
        collector::recording::load_recording((std::filesystem::path(folder) / test.recording).string());
    if (!loaded) {
      outcome.failures.push_back(loaded.error().message());
      return outcome;
    }
    recording = std::move(*loaded);
    options.release_at = test.release;
  }
  Moments moments;
  options.on_verdict = [&](const Verdict& verdict, Instant deployed_at) {
    moments.emplace_back(verdict.at - deployed_at, verdict);
  };
  const auto releases = replay(policy, recording, options);
  if (!releases) {
    outcome.failures.push_back(releases.error().message());
    return outcome;
  }
  const ReplayedRelease& release = releases->front();
  const double ended_s = moments.empty() ? 0 : seconds(moments.back().first);
  const double detected_s = release.detected_s.value_or(ended_s);
  outcome.found =
      fmt::format("{} after {:.1f} s: {}", to_text(decision_of(release.end)), detected_s, release.sentence);
  check_decision(test.expected, release, detected_s, outcome);
  check_moments(test.expected, moments, outcome);
  return outcome;
}

}  // namespace davy::app
