#include "app/commands.hpp"

#include "app/version.hpp"
#include "core/base/text.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <sys/prctl.h>

namespace davy::app {
namespace {

// CLI11 knows no "did you mean".
std::string suggestion(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return {};
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const auto meant = nearest(argv[1], candidates);
  if (!meant || *meant == argv[1]) return {};
  return fmt::format("; did you mean 'davy {}'?", *meant);
}

// "gate ", where the command is known.
std::string command_of(const CLI::App& app) {
  const auto used = app.get_subcommands();
  return used.empty() ? "" : used.front()->get_name() + " ";
}

}  // namespace

void add_version(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("version", "Say which Davy this is");
  command->footer("Example: davy version");
  command->callback([&run] {
    run = [] {
      fmt::print("davy {}\n", version_number);
      return ExitCode::pass;
    };
  });
}

int run_command_line(int argc, char** argv, AtStep at_step) {
  prctl(PR_SET_DUMPABLE, 0);  // secrets do not belong in core files
  CLI::App app("Watches a canary beside its baseline and rolls it back when it fails.", "davy");
  app.require_subcommand(1);
  app.footer("Start with: davy demo\nThen:       davy check policy.yaml && davy gate policy.yaml");
  Run run;
  add_guard(app, run, at_step);
  add_gate(app, run, at_step);
  add_demo(app, run);
  add_check(app, run);
  add_diff(app, run);
  add_doctor(app, run);
  add_explain(app, run);
  add_import(app, run);
  add_init(app, run);
  add_record(app, run);
  add_replay(app, run);
  add_schema(app, run);
  add_test(app, run);
  add_tune(app, run);
  add_completion(app, run);
  add_version(app, run);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    app.exit(help);
    return static_cast<int>(ExitCode::pass);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "davy: {}{}\nSee davy {}--help\n", printable(error.what()),
               suggestion(app, argc, argv), command_of(app));
    return static_cast<int>(ExitCode::usage);
  }
  try {
    return static_cast<int>(run());
  } catch (const std::exception& failure) {
    fmt::print(stderr, "davy: internal error: {}\n", printable(failure.what(), 1000));
    return static_cast<int>(ExitCode::internal_error);
  }
}

}  // namespace davy::app
