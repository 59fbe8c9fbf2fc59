// davy diff OLD NEW: what a change of policy means in behaviour.

#include "app/commands.hpp"
#include "config/policy_diff.hpp"
#include "config/policy_loader.hpp"
#include "core/base/text.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <memory>

namespace davy::app {
namespace {

struct DiffFlags {
  std::string before, after;
  bool exit_code = false;
};

std::optional<config::Policy> load(const std::string& file) {
  auto loaded = config::load_policy_file(file, config::process_environment());
  if (loaded.policy && !loaded.problems->has_errors()) return std::move(loaded.policy);
  fmt::print(stderr, "{}", loaded.problems->to_text());
  return std::nullopt;
}

ExitCode diff(const DiffFlags& flags) {
  const auto before = load(flags.before), after = load(flags.after);
  if (!before || !after) return ExitCode::policy_invalid;
  const auto differences = config::policy_differences(*before, *after);
  for (const std::string& sentence : differences) fmt::print("{}\n", printable(sentence, 1000));
  if (differences.empty()) fmt::print("they mean the same\n");
  return flags.exit_code && !differences.empty() ? ExitCode::fail : ExitCode::pass;
}

}  // namespace

void add_diff(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("diff", "Say in English what a change of policy means");
  const auto flags = std::make_shared<DiffFlags>();
  command->add_option("old", flags->before, "The policy as it was")->required();
  command->add_option("new", flags->after, "The policy as it is")->required();
  command->add_flag("--exit-code", flags->exit_code, "10 when they differ");
  command->footer("Example: davy diff old.yaml new.yaml --exit-code");
  command->callback([&run, flags] { run = [flags] { return diff(*flags); }; });
}

}  // namespace davy::app
