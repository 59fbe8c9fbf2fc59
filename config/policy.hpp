#pragma once

// A policy as a value: everything a service's YAML file says, with defaults filled in and in base units.
//
// Built by load_policy() only when the file has no error. What an action's kind makes of its options is the
// kind's own affair: the policy keeps them as a Section, whose problems join those of the file.

#include "config/section.hpp"
#include "core/base/clock.hpp"
#include "core/model/check.hpp"
#include "core/model/labels.hpp"
#include "core/model/scrape.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace davy::config {

enum class Mode { enforce, observe };  // observe: judge and report, never act
std::string_view to_text(Mode mode);

// One step of `rollback` or `on_pass`: - http: {url: ...}
struct ActionSpec {
  std::string kind;  // http, exec, haproxy
  Section options;
};

// One step of a progressive rollout: what takes it, and how long it is judged.
struct StepSpec {
  std::string name;
  std::vector<ActionSpec> actions;
  Duration window{};
};

// The severity matrix, by severity.
struct Responses {
  std::array<Response, 4> by_severity{Response::rollback, Response::rollback, Response::hold, Response::warn};
  Response of(Severity severity) const { return by_severity[static_cast<std::size_t>(severity)]; }
  bool operator==(const Responses&) const = default;
};

// Sources unreachable for `after`: then `action`.
struct OnBlind {
  Duration after = std::chrono::minutes(2);
  Fallback action = Fallback::hold;
  bool operator==(const OnBlind&) const = default;
};

struct GuardRailSpec {
  Duration deadline = std::chrono::minutes(2);  // for the whole plan, from the verdict
  Duration verify_for =
      std::chrono::minutes(5);  // how long the baseline-only service must stay well afterwards
  Duration cooldown = std::chrono::minutes(30);  // between two rollbacks of the service
  int at_most = 3;                               // rollbacks of the service ...
  Duration per = std::chrono::hours(24);         // ... in this long
  bool operator==(const GuardRailSpec&) const = default;
};

struct Policy {
  std::string service;
  Labels labels;
  Mode mode = Mode::enforce;

  SideSpec canary;
  SideSpec baseline;  // without any targets when there is nothing to compare with: then min_targets is 0
  ScrapeSpec scrape;

  Duration window = std::chrono::minutes(10);
  Duration warmup = std::chrono::seconds(30);
  double confidence = 0.99;
  bool decide_early = true;

  std::vector<Check> checks;  // at least one; names are unique
  Responses responses;
  Fallback on_no_data = Fallback::hold;
  OnBlind on_blind;
  Fallback on_inconclusive = Fallback::hold;
  Fallback on_shared_failure = Fallback::hold;

  std::vector<ActionSpec> rollback;  // in order, until one is verified
  std::vector<ActionSpec> on_pass;
  std::vector<StepSpec> steps;  // for davy gate --steps
  GuardRailSpec guard_rails;

  std::string file;                    // the name of the file, for messages
  std::string text;                    // what stands in it, variables not filled in
  std::string digest;                  // 16 hexadecimal digits: equal for policies that mean the same
  std::shared_ptr<Problems> problems;  // of the file: warnings, and what actuators find in their options
};

// Does the side name any targets?
bool has_targets(const SideSpec& side);

// The places that the side's targets come from, in words: "http://a:9090/metrics", "the targets in
// targets/*.json".
std::string describe_targets(const SideSpec& side);

}  // namespace davy::config
