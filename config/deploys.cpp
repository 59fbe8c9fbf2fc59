#include "config/deploys.hpp"

#include "config/section.hpp"

#include <fmt/format.h>

namespace davy::config {
namespace {

std::optional<Selector> matchers(const Section& in, std::string_view key) {
  const auto text = in.text(key);
  if (!text) return std::nullopt;
  SelectorProblem problem;
  auto read = parse_selector(*text, problem);
  if (!read) in.problem(key, fmt::format("{} (at character {})", problem.message, problem.offset + 1));
  return read;
}

PastDeploy read_deploy(const Section& in) {
  PastDeploy deploy;
  deploy.release = in.required_text("release");
  const std::string at = in.required_text("at");
  if (const auto time = parse_rfc3339(at))
    deploy.at = *time;
  else if (!at.empty())
    in.problem("at", fmt::format("'{}' is no time in UTC", at), "write 2026-05-01T12:00:00Z");
  deploy.canary = matchers(in, "canary");
  deploy.baseline = matchers(in, "baseline");
  in.finish();
  return deploy;
}

}  // namespace

LoadedDeploys load_deploys(std::string text, std::string file, const Environment& environment) {
  const LoadedYaml yaml = load_yaml(std::move(text), std::move(file), environment);
  LoadedDeploys loaded{yaml.problems, {}};
  if (!yaml.root) return loaded;
  yaml.root->require("deploys");
  std::vector<PastDeploy> deploys;
  for (const Section& one : yaml.root->sections("deploys")) deploys.push_back(read_deploy(one));
  if (yaml.root->has("deploys") && deploys.empty()) yaml.root->problem("deploys", "there are no deploys");
  yaml.root->finish();
  if (!loaded.problems->has_errors()) loaded.deploys = std::move(deploys);
  return loaded;
}

}  // namespace davy::config
