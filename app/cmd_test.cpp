// davy test: a policy held against what it is expected to decide.

#include "app/commands.hpp"
#include "app/policy_test_run.hpp"
#include "config/policy_loader.hpp"
#include "core/base/text.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace davy::app {
namespace {

struct TestFlags {
  std::vector<std::string> files;
  std::string only;
};

struct Tally {
  std::size_t held = 0, failed = 0;
};

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

void show(const TestOutcome& outcome) {
  const bool holds = outcome.failures.empty();
  fmt::print("  {}  {}\n", holds ? "ok    " : "FAILED", printable(outcome.name));
  if (holds) return;
  for (const std::string& failure : outcome.failures) fmt::print("          {}\n", printable(failure, 2000));
  if (!outcome.found.empty()) fmt::print("          found: {}\n", printable(outcome.found, 2000));
}

ExitCode test_file(const std::string& file, const std::string& only, Tally& tally) {
  const auto text = read_file(file);
  if (!text) {
    fmt::print(stderr, "davy: cannot read {}; check the name and its permissions\n", file);
    return ExitCode::usage;
  }
  const auto loaded = config::load_policy_test(*text, file, config::process_environment());
  if (!loaded.problems->empty()) fmt::print(stderr, "{}", loaded.problems->to_text());
  if (!loaded.test) return ExitCode::policy_invalid;
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  const auto policy =
      config::load_policy_file((folder / loaded.test->policy).string(), config::process_environment());
  if (!policy.problems->empty()) fmt::print(stderr, "{}", policy.problems->to_text());
  if (!policy.policy) return ExitCode::policy_invalid;
  fmt::print("{}\n", file);
  for (const config::TestCase& test : loaded.test->tests) {
    if (!only.empty() && test.name.find(only) == std::string::npos) continue;
    const TestOutcome outcome = run_test(test, *policy.policy, folder.string());
    ++(outcome.failures.empty() ? tally.held : tally.failed);
    show(outcome);
  }
  return ExitCode::pass;
}

ExitCode test_files(const TestFlags& flags) {
  Tally tally;
  ExitCode worst = ExitCode::pass;
  for (const std::string& file : flags.files) worst = std::max(worst, test_file(file, flags.only, tally));
  fmt::print("{}, {} failed\n", counted(static_cast<double>(tally.held + tally.failed), "test"),
             tally.failed);
  if (worst != ExitCode::pass) return worst;
  if (tally.held + tally.failed == 0) {
    fmt::print(stderr, "davy: no test was run\n");
    return ExitCode::usage;
  }
  return tally.failed > 0 ? ExitCode::fail : ExitCode::pass;
}

}  // namespace

void add_test(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("test", "Hold a policy against what it is expected to decide");
  const auto flags = std::make_shared<TestFlags>();
  command->add_option("files", flags->files, "Tests (docs/policy-tests.md); each names its policy")
      ->required();
  command->add_option("--only", flags->only, "Run the tests with this in their name");
  command->footer(
      "Exit code: 0 all hold, 10 one failed, 3 a file is wrong.\nExample: davy test checkout.test.yaml");
  command->callback([&run, flags] { run = [flags] { return test_files(*flags); }; });
}

}  // namespace davy::app
