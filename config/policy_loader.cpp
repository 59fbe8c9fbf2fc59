#include "config/policy_loader.hpp"

#include "config/check_section.hpp"
#include "config/draft/presets.hpp"
#include "config/policy_check.hpp"
#include "config/side_section.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace davy::config {
namespace {

std::optional<Fallback> fallback(const Section& in, std::string_view key) {
  return in.choice<Fallback>(
      key, {{"hold", Fallback::hold}, {"pass", Fallback::pass}, {"rollback", Fallback::rollback}});
}

std::optional<Response> response(const Section& in, std::string_view key) {
  return in.choice<Response>(
      key, {{"rollback", Response::rollback}, {"hold", Response::hold}, {"warn", Response::warn}});
}

Responses read_responses(const Section& in) {
  Responses responses;
  std::size_t severity = 0;
  for (const char* name : {"P0", "P1", "P2", "P3"}) {
    responses.by_severity[severity] = response(in, name).value_or(responses.by_severity[severity]);
    ++severity;
  }
  in.finish();
  return responses;
}

OnBlind read_on_blind(const Section& in) {
  OnBlind blind;
  blind.after = in.duration("after").value_or(blind.after);
  blind.action = fallback(in, "do").value_or(blind.action);
  in.finish();
  return blind;
}

GuardRailSpec read_guard_rails(const Section& in) {
  GuardRailSpec rails;
  rails.deadline = in.duration("deadline").value_or(rails.deadline);
  rails.verify_for = in.duration("verify_for").value_or(rails.verify_for);
  rails.cooldown = in.duration("cooldown").value_or(rails.cooldown);
  rails.at_most = static_cast<int>(in.count("at_most", 1, 1000).value_or(rails.at_most));
  rails.per = in.duration("per").value_or(rails.per);
  in.finish();
  return rails;
}

std::vector<ActionSpec> read_actions(const Section& in, const char* key) {
  std::vector<ActionSpec> actions;
  for (Tagged& action : in.tagged(key)) {
    const std::string& kind = action.kind;
    if (kind == "http" || kind == "exec" || kind == "haproxy" || kind == "kubernetes" ||
        kind == "argo_rollouts" || kind == "traffic") {
      if (kind == "http" && action.options.has("recipe")) {
        action.options.problem_at_key("recipe", "recipes are not available in this version",
                                      "write url, method and body");
      }
      actions.push_back({kind, action.options});
    } else {
      constexpr std::array<std::string_view, 6> known{"argo_rollouts", "exec",       "haproxy",
                                                      "http",          "kubernetes", "traffic"};
      const auto meant = nearest(kind, known);
      action.options.problem_here(
          fmt::format("'{}' is no action", kind),
          meant ? fmt::format("did you mean '{}'?", *meant)
                : "there are argo_rollouts, exec, haproxy, http, kubernetes and traffic");
    }
  }
  return actions;
}

StepSpec read_step(const Section& in) {
  StepSpec step;
  step.name = in.required_text("name");
  in.require("actions");
  step.actions = read_actions(in, "actions");
  in.require("window");
  step.window = in.duration("window").value_or(step.window);
  in.finish();
  return step;
}

void refuse_later(const Section& in, const char* key, const char* instead) {
  if (!in.has(key)) return;
  in.problem_at_key(key, fmt::format("{} is not available in this version", key), instead);
}

void read_when(const Section& in, Policy& policy) {
  policy.window = in.duration("window").value_or(policy.window);
  policy.warmup = in.duration("warmup").value_or(std::min<Duration>(policy.warmup, policy.window / 4));
  policy.confidence = in.ratio("confidence").value_or(policy.confidence);
  policy.decide_early = in.boolean("decide_early").value_or(policy.decide_early);
}

// Both sides of one workload: the revision that is being rolled out, and those before it.
void tell_revisions_apart(Policy& policy) {
  auto& canary = policy.canary.kubernetes;
  auto& baseline = policy.baseline.kubernetes;
  if (!canary || !baseline || canary->kind == "selector") return;
  if (canary->kind != baseline->kind || canary->name != baseline->name ||
      canary->name_space != baseline->name_space)
    return;
  if (canary->revision.empty()) canary->revision = "new";
  if (baseline->revision.empty()) baseline->revision = "old";
}

void read_sides(const Section& in, Policy& policy) {
  if (const auto scrape = in.section("scrape")) policy.scrape = read_scrape(*scrape);
  in.require("canary");
  if (const auto canary = in.section("canary")) policy.canary = read_side(*canary);
  if (const auto baseline = in.section("baseline")) policy.baseline = read_side(*baseline);
  policy.baseline.min_targets = has_targets(policy.baseline) ? 1 : 0;
  tell_revisions_apart(policy);
  if (const auto least = in.section("min_targets")) {
    policy.canary.min_targets = static_cast<int>(least->count("canary", 1).value_or(1));
    policy.baseline.min_targets =
        static_cast<int>(least->count("baseline", 0).value_or(policy.baseline.min_targets));
    least->finish();
  }
}

// A preset's checks, but for those that the policy has one of the same name for.
void add_preset(const Section& in, Policy& policy) {
  const auto name = in.text("preset");
  if (!name) return;
  const draft::Preset* preset = draft::find_preset(*name);
  if (preset == nullptr) {
    std::vector<std::string_view> known;
    for (const draft::Preset& one : draft::presets()) known.push_back(one.name);
    const auto meant = nearest(*name, known);
    in.problem("preset", fmt::format("there is no preset '{}'", printable(*name, 60)),
               meant ? fmt::format("did you mean {}?", *meant) : "davy init --list names them");
    return;
  }
  const LoadedYaml yaml =
      load_yaml(draft::checks_yaml(*preset, has_targets(policy.baseline)), "preset", empty_environment());
  for (const Section& section : yaml.root->sections("checks")) {
    Check check = read_check(section, policy.scrape.interval);
    const bool own = std::any_of(policy.checks.begin(), policy.checks.end(),
                                 [&](const Check& one) { return one.name == check.name; });
    if (!own) policy.checks.push_back(std::move(check));
  }
}

Policy read_policy(const Section& in) {
  Policy policy;
  const std::string version = in.required_text("version");
  if (!version.empty() && version != "davy/v1") {
    in.problem("version", fmt::format("'{}' is not a version of the format that is known here", version),
               "write davy/v1");
  }
  policy.service = in.required_text("service");
  for (auto& [name, value] : in.text_map("labels")) policy.labels.set(std::move(name), std::move(value));
  policy.mode =
      in.choice<Mode>("mode", {{"enforce", Mode::enforce}, {"observe", Mode::observe}}).value_or(policy.mode);
  read_sides(in, policy);
  read_when(in, policy);
  if (!in.has("preset")) in.require("checks");
  for (const Section& check : in.sections("checks"))
    policy.checks.push_back(read_check(check, policy.scrape.interval));
  add_preset(in, policy);
  if (const auto responses = in.section("responses")) policy.responses = read_responses(*responses);
  policy.on_no_data = fallback(in, "on_no_data").value_or(policy.on_no_data);
  if (const auto blind = in.section("on_blind")) policy.on_blind = read_on_blind(*blind);
  policy.on_inconclusive = fallback(in, "on_inconclusive").value_or(policy.on_inconclusive);
  policy.on_shared_failure = fallback(in, "on_shared_failure").value_or(policy.on_shared_failure);
  policy.rollback = read_actions(in, "rollback");
  policy.on_pass = read_actions(in, "on_pass");
  for (const Section& step : in.sections("steps")) policy.steps.push_back(read_step(step));
  if (const auto rails = in.section("guard_rails")) policy.guard_rails = read_guard_rails(*rails);
  refuse_later(in, "notify", "leave it out; reports are written to --report-dir, and every event to the log");
  refuse_later(in, "follow_up", "leave it out");
  in.finish();
  return policy;
}

}  // namespace

LoadedPolicy load_policy(std::string text, std::string file, const Environment& environment) {
  std::string written = text;
  LoadedYaml yaml = load_yaml(std::move(text), file, environment);
  LoadedPolicy loaded{yaml.problems, std::nullopt, yaml.root};
  if (!yaml.root) return loaded;
  Policy policy = read_policy(*yaml.root);
  check_policy(*yaml.root, policy);
  if (loaded.problems->has_errors()) return loaded;
  policy.file = std::move(file);
  policy.text = std::move(written);
  policy.digest = yaml.root->digest();
  policy.problems = loaded.problems;
  loaded.policy = std::move(policy);
  return loaded;
}

LoadedPolicy load_policy_file(const std::string& path, const Environment& environment) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file) return load_policy(std::move(text), path, environment);
  LoadedPolicy loaded;
  loaded.problems = std::make_shared<Problems>();
  Problem problem;
  problem.file = path;
  problem.message = "cannot be read";
  problem.hint = "check the name and its permissions";
  loaded.problems->add(problem);
  return loaded;
}

}  // namespace davy::config
