#include "config/policy_diff.hpp"

#include "core/base/duration_text.hpp"
#include "core/base/number_text.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace davy::config {
namespace {

using Sentences = std::vector<std::string>;

// "the window grows from 5m to 10m: a verdict may come later".
void told(Sentences& out, const std::string& what, const std::string& before, const std::string& after,
          const std::string& meaning = "", const std::string& verb = "goes") {
  if (before == after) return;
  out.push_back(
      fmt::format("{} {} from {} to {}{}", what, verb, before, after, meaning.empty() ? "" : ": " + meaning));
}

void durations(Sentences& out, const std::string& what, Duration before, Duration after,
               const std::string& when_longer, const std::string& when_shorter) {
  if (before == after) return;
  told(out, what, davy::to_text(before), davy::to_text(after), after > before ? when_longer : when_shorter,
       after > before ? "grows" : "shrinks");
}

std::string side_in_words(const SideSpec& side) {
  if (!has_targets(side)) return "none";
  std::string text = describe_targets(side);
  if (side.where) text += " where " + davy::to_text(*side.where);
  if (!side.members.empty()) text += ", an instance a value of " + side.members;
  if (side.min_targets != 1) text += fmt::format(", at least {}", side.min_targets);
  return text;
}

void sides(Sentences& out, const char* name, const SideSpec& before, const SideSpec& after) {
  if (before == after) return;
  const std::string was = side_in_words(before), is = side_in_words(after);
  if (was == is)
    out.push_back(fmt::format("{}: how its targets are found or asked changes", name));
  else
    told(out, name, was, is);
}

std::string limit_in_words(const std::optional<double>& limit, Unit unit) {
  return limit ? davy::to_text(*limit, unit) : "none";
}

std::string increase_in_words(const std::optional<Increase>& increase, Unit unit) {
  return increase ? davy::to_text(*increase, unit) : "none";
}

std::string measured_in_words(const Check& check) {
  switch (check.kind) {
    case CheckKind::ratio:
      return fmt::format("{} in {}", davy::to_text(check.errors), davy::to_text(check.total));
    case CheckKind::latency:
      return fmt::format("p{} of {}", to_plain(check.quantile * 100), davy::to_text(check.histogram));
    case CheckKind::gauge: return "the mean of " + davy::to_text(check.gauge);
    case CheckKind::restarts: return "restarts";
    case CheckKind::promql:
      return check.baseline_query.empty() ? check.canary_query
                                          : check.canary_query + " beside " + check.baseline_query;
  }
  return "";
}

std::string response_in_words(Response response) {
  switch (response) {
    case Response::rollback: return "a rollback";
    case Response::hold: return "a hold";
    case Response::warn: return "a warning";
  }
  return "";
}

template <class T>
std::string fewer_or_more(const std::optional<T>& before, const std::optional<T>& after, bool rises) {
  if (!before) return "one more way to fail";
  if (!after) return "one way less to fail";
  return rises ? "fewer rollbacks" : "more rollbacks";
}

bool rises(const std::optional<double>& before, const std::optional<double>& after) {
  return before && after && *after > *before;
}

std::string verb(const std::optional<double>& before, const std::optional<double>& after) {
  if (!before || !after) return "goes";
  return *after > *before ? "rises" : "falls";
}

void limits(Sentences& out, const Check& before, const Check& after) {
  const std::string& name = after.name;
  told(out, name + ": the absolute limit", limit_in_words(before.max, before.unit),
       limit_in_words(after.max, after.unit),
       fewer_or_more(before.max, after.max, rises(before.max, after.max)), verb(before.max, after.max));
  const auto amount = [](const Check& check) {
    return check.max_increase ? std::optional(check.max_increase->amount) : std::nullopt;
  };
  const bool same_kind =
      before.max_increase && after.max_increase && before.max_increase->kind == after.max_increase->kind;
  const bool both = before.max_increase && after.max_increase;
  told(out, name + ": the allowed increase over the baseline",
       increase_in_words(before.max_increase, before.unit), increase_in_words(after.max_increase, after.unit),
       both && !same_kind
           ? "measured in another way"
           : fewer_or_more(before.max_increase, after.max_increase, rises(amount(before), amount(after))),
       same_kind ? verb(amount(before), amount(after)) : "goes");
  const auto least = [](const Check& check) {
    return davy::to_text(Increase{Increase::Kind::absolute, check.ignore_increase_below}, check.unit);
  };
  told(out, name + ": the increase that never counts", "below " + least(before), "below " + least(after),
       after.ignore_increase_below > before.ignore_increase_below ? "fewer rollbacks" : "more rollbacks");
}

void one_check(Sentences& out, const Responses& responses, const Check& before, const Check& after) {
  const std::size_t said = out.size();
  const std::string& name = after.name;
  told(out, name + ": what is measured", measured_in_words(before), measured_in_words(after));
  limits(out, before, after);
  told(out, name + ": the severity", std::string(davy::to_text(before.severity)),
       std::string(davy::to_text(after.severity)),
       fmt::format("a breach means {}", response_in_words(responses.of(after.severity))));
  told(out, name + ": the method", std::string(davy::to_text(before.method)),
       std::string(davy::to_text(after.method)));
  const bool counts = before.method == Method::threshold && after.method == Method::threshold;
  if (counts) {
    told(out, name + ": what is needed on each side", to_plain(before.min_samples),
         to_plain(after.min_samples));
    told(out, name + ": the number of rounds in a row", std::to_string(before.confirmations),
         std::to_string(after.confirmations));
    told(out, name + ": the lookback", davy::to_text(before.lookback), davy::to_text(after.lookback));
  }
  const auto own = [](const Check& check) {
    return check.on_no_data ? std::string(davy::to_text(*check.on_no_data)) : "the policy's";
  };
  told(out, name + ": what a lack of data leads to", own(before), own(after));
  told(out, name + ": what it is also shown by", before.by.empty() ? "nothing" : join(before.by, ", "),
       after.by.empty() ? "nothing" : join(after.by, ", "));
  if (out.size() == said && !(before == after)) out.push_back(name + ": how it is judged changes");
}

const Check* find_check(const Policy& policy, const std::string& name) {
  const auto found = std::find_if(policy.checks.begin(), policy.checks.end(),
                                  [&](const Check& check) { return check.name == name; });
  return found == policy.checks.end() ? nullptr : &*found;
}

void checks(Sentences& out, const Policy& before, const Policy& after) {
  for (const Check& check : before.checks)
    if (find_check(after, check.name) == nullptr)
      out.push_back(
          fmt::format("check {} is gone: {} is no longer judged", check.name, measured_in_words(check)));
  for (const Check& check : after.checks) {
    const Check* old = find_check(before, check.name);
    if (old == nullptr)
      out.push_back(fmt::format("check {} is new: {}; a breach means {}", check.name,
                                measured_in_words(check),
                                response_in_words(after.responses.of(check.severity))));
    else
      one_check(out, after.responses, *old, check);
  }
}

void actions(Sentences& out, const std::string& list, const std::vector<ActionSpec>& before,
             const std::vector<ActionSpec>& after) {
  const auto kinds = [](const std::vector<ActionSpec>& specs) {
    std::vector<std::string> names;
    for (const ActionSpec& spec : specs) names.push_back(spec.kind);
    return names.empty() ? std::string("nothing") : join(names, ", then ");
  };
  const std::string was = kinds(before), is = kinds(after);
  if (was != is) return told(out, list, was, is);
  for (std::size_t i = 0; i < after.size(); ++i)
    if (before[i].options.digest() != after[i].options.digest())
      out.push_back(fmt::format("{}: the options of {} change", list, after[i].kind));
}

void steps(Sentences& out, const Policy& before, const Policy& after) {
  const auto names = [](const Policy& policy) {
    std::vector<std::string> all;
    for (const StepSpec& step : policy.steps)
      all.push_back(fmt::format("{} ({})", step.name, davy::to_text(step.window)));
    return all.empty() ? std::string("none") : join(all, ", ");
  };
  told(out, "steps", names(before), names(after));
  for (std::size_t i = 0; i < std::min(before.steps.size(), after.steps.size()); ++i)
    if (before.steps[i].name == after.steps[i].name)
      actions(out, "step " + after.steps[i].name, before.steps[i].actions, after.steps[i].actions);
}

void fallbacks(Sentences& out, const Policy& before, const Policy& after) {
  const auto say = [&](const char* when, Fallback was, Fallback is) {
    told(out, when, std::string(davy::to_text(was)), std::string(davy::to_text(is)));
  };
  say("what a lack of data or traffic leads to", before.on_no_data, after.on_no_data);
  say("what targets that do not answer lead to", before.on_blind.action, after.on_blind.action);
  say("what an inconclusive window leads to", before.on_inconclusive, after.on_inconclusive);
  say("what a baseline that fails as well leads to", before.on_shared_failure, after.on_shared_failure);
  durations(out, "the time for which silent targets are borne", before.on_blind.after, after.on_blind.after,
            "", "");
}

void guard_rails(Sentences& out, const GuardRailSpec& before, const GuardRailSpec& after) {
  durations(out, "the time for a rollback", before.deadline, after.deadline, "it may try longer",
            "it gives up sooner");
  durations(out, "the time for which a rollback is verified", before.verify_for, after.verify_for, "", "");
  durations(out, "the time between two rollbacks", before.cooldown, after.cooldown,
            "a human is asked more often", "rollbacks may follow sooner");
  const auto often = [](const GuardRailSpec& rails) {
    return fmt::format("{} in {}", rails.at_most, davy::to_text(rails.per));
  };
  told(out, "the number of rollbacks at most", often(before), often(after));
}

void judging(Sentences& out, const Policy& before, const Policy& after) {
  if (before.mode != after.mode)
    told(out, "the mode", std::string(to_text(before.mode)), std::string(to_text(after.mode)),
         after.mode == Mode::enforce ? "from now on Davy acts" : "from now on Davy only reports");
  durations(out, "the window", before.window, after.window,
            "a verdict may come later, and smaller faults are found",
            "a verdict comes sooner, and small faults may be missed");
  durations(out, "the warmup", before.warmup, after.warmup, "judged later after a start",
            "judged sooner after a start");
  if (before.confidence != after.confidence)
    told(out, "the share of healthy canaries that may be accused", to_percent(1 - before.confidence),
         to_percent(1 - after.confidence),
         after.confidence > before.confidence ? "fewer false alarms, and later verdicts"
                                              : "more false alarms, and sooner verdicts");
  if (before.decide_early != after.decide_early)
    out.push_back(after.decide_early ? "a canary that is surely well passes before the window's end"
                                     : "a canary passes at the window's end and never before");
  durations(out, "the time between two looks", before.scrape.interval, after.scrape.interval, "fewer looks",
            "more looks");
  ScrapeSpec was = before.scrape;
  was.interval = after.scrape.interval;
  if (!(was == after.scrape)) out.push_back("scrape: limits, timeout or credentials change");
}

}  // namespace

std::vector<std::string> policy_differences(const Policy& before, const Policy& after) {
  Sentences out;
  if (before.digest == after.digest) return out;
  told(out, "the service", before.service, after.service);
  if (!(before.labels == after.labels))
    told(out, "what the labels say", davy::to_text(before.labels), davy::to_text(after.labels));
  judging(out, before, after);
  sides(out, "canary", before.canary, after.canary);
  sides(out, "baseline", before.baseline, after.baseline);
  checks(out, before, after);
  for (const Severity severity : {Severity::p0, Severity::p1, Severity::p2, Severity::p3})
    told(out, fmt::format("a breach of severity {}", davy::to_text(severity)),
         response_in_words(before.responses.of(severity)), response_in_words(after.responses.of(severity)));
  fallbacks(out, before, after);
  actions(out, "rollback", before.rollback, after.rollback);
  actions(out, "on_pass", before.on_pass, after.on_pass);
  steps(out, before, after);
  guard_rails(out, before.guard_rails, after.guard_rails);
  if (out.empty()) out.push_back("something else changes; compare the files");
  return out;
}

}  // namespace davy::config
