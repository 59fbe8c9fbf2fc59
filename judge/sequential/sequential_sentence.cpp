#include "judge/sequential/sequential_sentence.hpp"

#include "core/base/duration_text.hpp"
#include "core/base/number_text.hpp"
#include "core/base/text.hpp"
#include "judge/sequential/pass_rule.hpp"
#include "judge/threshold/threshold_sentence.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace davy::judge {
namespace {

constexpr double bursty = 1.5;
constexpr double cold_start_s = 60;
constexpr double requests_without_end = 1e12;

const char* events_of(CheckKind kind) { return kind == CheckKind::gauge ? "reading" : "request"; }

std::string side_text(const char* name, const Check& check, const SideValue& side, bool say_unit) {
  if (!side.value) return fmt::format("{} nothing yet", name);
  const std::string count = say_unit ? counted(side.samples, events_of(check.kind)) : to_count(side.samples);
  const char* const of = check.kind == CheckKind::ratio ? "of" : "over";
  return fmt::format("{} {} {} {}", name, to_text(*side.value, check.unit), of, count);
}

std::string numbers_text(const Finding& finding, const SequentialStory& story) {
  std::string text = side_text("canary", story.check, finding.canary, true);
  if (finding.baseline.value) text += ", " + side_text("baseline", story.check, finding.baseline, false);
  return text + "; limit " + limit_text(story.check);
}

std::string limit_of_baseline(const Check& check) {
  const Increase& increase = *check.max_increase;
  if (increase.kind == Increase::Kind::absolute) return "baseline +" + to_text(increase, check.unit);
  std::string text = to_plain(1 + increase.amount) + "x";
  const Increase least{Increase::Kind::absolute, check.ignore_increase_below};
  if (least.amount > 0) text += " and +" + to_text(least, check.unit);
  return text;
}

std::string replaced_text(const SideSight& baseline) {
  const std::string since = to_spoken(*baseline.replaced_for);
  return baseline.remembered
             ? fmt::format(
                   "the baseline's instances were all replaced {} ago: compared with what they did before, "
                   "so an "
                   "outage of others cannot be told from a fault of the canary",
                   since)
             : fmt::format(
                   "the baseline's instances were all replaced {} ago: nothing is left to compare with",
                   since);
}

// What the controls and the counts say about how much to trust the numbers.
std::vector<std::string> circumstances(const SequentialStory& story) {
  const Evidence& evidence = story.evidence;
  std::vector<std::string> parts;
  if (evidence.phi >= bursty && evidence.phi_learned)
    parts.push_back(fmt::format("{} come in bursts of about {}",
                                story.check.kind == CheckKind::latency ? "slow requests" : "errors",
                                to_plain(std::round(evidence.phi * 2) / 2)));
  if (!story.left_out.empty())
    parts.push_back(
        fmt::format("left out of the baseline: {}, ill before the deploy", join_spoken(story.left_out)));
  if (story.window.baseline.replaced_for) parts.push_back(replaced_text(story.window.baseline));
  if (evidence.groups == 0)
    parts.push_back("there is no baseline, so an outage of others cannot be told from a fault of the canary");
  if (evidence.groups == 1)
    parts.push_back("the baseline is one group, so how much members differ is not known");
  if (evidence.groups > 0 && evidence.history_s <= 0)
    parts.push_back("cold start: the baseline was not seen before the deploy");
  else if (evidence.groups > 0 && evidence.history_s < cold_start_s)
    parts.push_back(fmt::format("cold start: the baseline was seen for only {} before the deploy",
                                to_spoken(from_seconds(std::round(evidence.history_s)))));
  return parts;
}

std::string controls_text(const SequentialStory& story) {
  const Evidence& evidence = story.evidence;
  if (evidence.groups < 2) return {};
  constexpr double little = 1;  // nats
  if (evidence.control_largest < little) return "no healthy group of the baseline looked like this";
  return fmt::format(
      "the most unlike of the baseline's healthy groups reached {} of the evidence it takes",
      to_text(std::min(1.0, evidence.control_largest / std::max(evidence.need, 1e-9)), Unit::ratio));
}

std::string breach_text(const Finding& finding, const SequentialStory& story) {
  std::string text = numbers_text(finding, story);
  const Instant deployed = story.window.deployed_at;
  if (finding.decided_at)
    text += fmt::format("; found {} after the deploy", to_spoken(*finding.decided_at - deployed));
  if (finding.since && *finding.since > deployed)
    text += fmt::format(", wrong since {} after it", to_spoken(*finding.since - deployed));
  text += fmt::format("; chance of a false alarm at most {}", to_text(story.check.alpha, Unit::ratio));
  std::vector<std::string> parts = circumstances(story);
  parts.push_back(controls_text(story));
  std::erase(parts, std::string());
  for (const std::string& part : parts) text += "; " + part;
  if (!finding.blast_radius.empty()) text += "; worst at " + join_spoken(finding.blast_radius);
  return text;
}

// How many more requests it takes, and when they will be there.
std::string missing_text(const Finding& finding, const SequentialStory& story) {
  if (story.check.kind == CheckKind::gauge) return "not yet sure that it is inside its limit";
  const std::optional<double> needed = requests_needed(finding, story);
  if (!needed && story.check.kind == CheckKind::latency)
    return "not yet sure that it is inside: that takes more requests, or bucket edges between the baseline's "
           "value and the limit";
  if (!needed || !(*needed < requests_without_end))
    return "too close to its limit to be sure that it is inside";
  std::string text =
      fmt::format("about {} of the canary are needed to be sure", counted(std::ceil(*needed), "request"));
  const double more = *needed - finding.canary.samples;
  if (!(more > 0)) return "close to its limit, so it is not yet sure that it is inside";
  if (finding.canary.samples > 0 && story.seen_s > 0 && more > 0) {
    const double wait_s = more * story.seen_s / finding.canary.samples;
    const double left_s = seconds(story.window.length - (story.window.now - story.window.deployed_at));
    text +=
        fmt::format(", in {} at the present rate", to_spoken(from_seconds(std::max(1.0, std::ceil(wait_s)))));
    if (wait_s > left_s) text += ", after the window's end";
  }
  return text;
}

std::string undecided_text(const Finding& finding, const SequentialStory& story) {
  if (!story.window.canary.series_found) return "the canary " + unexposed_text(story.window.canary);
  if (!finding.canary.value) return "the canary has had no traffic";
  std::string text = numbers_text(finding, story);
  if (finding.suspicious) {
    text += fmt::format("; it looks worse than its limit allows, {} of the evidence that a decision takes",
                        to_text(finding.evidence, Unit::ratio));
  } else if (finding.nothing_seen) {
    text += "; the canary has no traffic now";
  } else if (story.check.max_increase && !finding.baseline.value) {
    text += "; the baseline has had no traffic to compare with";
  } else if (finding.limit && *finding.canary.value > *finding.limit) {
    text +=
        fmt::format("; it is over its limit, which may be chance: {} of the evidence that a decision takes",
                    to_text(finding.evidence, Unit::ratio));
  } else {
    text += "; " + missing_text(finding, story);
  }
  for (const std::string& part : circumstances(story)) text += "; " + part;
  return text;
}

}  // namespace

std::string limit_text(const Check& check) {
  std::vector<std::string> parts;
  if (check.max_increase) parts.push_back(limit_of_baseline(check));
  if (check.max) parts.push_back(to_text(*check.max, check.unit));
  return join(parts, ", and ");
}

std::string sequential_sentence(const Finding& finding, const SequentialStory& story) {
  const std::string name = checked_name(story.check) + ": ";
  switch (finding.outcome) {
    case Outcome::source_error: return name + blind_text(story.window);
    case Outcome::breach:
      if (finding.shared_failure)
        return fmt::format(
            "{}{}; {} too, so the cause is not this release: nothing is concluded from it", name,
            numbers_text(finding, story),
            story.evidence.shared_outage ? "the whole baseline is failing" : "the baseline is over it");
      return name + breach_text(finding, story);
    case Outcome::healthy: return name + numbers_text(finding, story) + "; inside it, at 95% confidence";
    case Outcome::not_enough_data: return name + undecided_text(finding, story);
  }
  return name;
}

}  // namespace davy::judge
