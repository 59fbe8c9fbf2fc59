// davy doctor POLICY...: connects to everything a policy names, and says what works.

#include "app/commands.hpp"
#include "app/doctor/doctor.hpp"
#include "app/policy_files.hpp"
#include "config/policy_loader.hpp"
#include "core/base/duration_text.hpp"
#include "core/base/text.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <memory>

namespace davy::app {
namespace {

struct DoctorFlags {
  std::vector<std::string> places;
  std::string output = "text", timeout = "30s";
  doctor::DoctorOptions options;
};

std::string check_duration(const std::string& text) {
  const auto read = parse_duration(text);
  return read && *read > Duration::zero() ? "" : "write a duration like 30s";
}

ExitCode examine_file(const std::string& file, const DoctorFlags& flags, bool one_of_many) {
  const auto loaded = config::load_policy_file(file, config::process_environment());
  if (!loaded.policy || loaded.problems->has_errors()) {
    fmt::print(stderr, "{}", loaded.problems->to_text());
    return ExitCode::policy_invalid;
  }
  const doctor::Examination seen = doctor::examine(*loaded.policy, *loaded.root, flags.options);
  if (flags.output == "json") {
    fmt::print("{}\n", doctor::to_json(file, seen.found));
  } else {
    if (one_of_many) fmt::print("{}\n", printable(file, 4096));
    fmt::print("{}", doctor::to_lines(seen.found));
  }
  std::fflush(stdout);
  if (seen.stopped_by) return *seen.stopped_by == SIGINT ? ExitCode::interrupted : ExitCode::terminated;
  return doctor::any_failure(seen.found) ? ExitCode::fail : ExitCode::pass;
}

ExitCode examine_all(DoctorFlags flags) {
  flags.options.timeout = *parse_duration(flags.timeout);
  const std::vector<std::string> files = policy_files(flags.places);
  if (files.empty())
    fmt::print(stderr, "davy: there is no policy (*.yaml) in {}\n", join(flags.places, ", "));
  ExitCode worst = files.empty() ? ExitCode::policy_invalid : ExitCode::pass;
  for (const std::string& file : files) {
    worst = std::max(worst, examine_file(file, flags, files.size() > 1));
    if (worst >= ExitCode::interrupted) break;
  }
  return worst;
}

}  // namespace

void add_doctor(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand(
      "doctor", "Connect to everything policies name and say what works (0) and what fails (10)");
  const auto flags = std::make_shared<DoctorFlags>();
  command->add_option("policies", flags->places, "Files, or folders of *.yaml")->required();
  command->add_option("-o,--output", flags->output, "text or json (a line a policy)")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("--timeout", flags->timeout, "At most this long a policy, 30s by default")
      ->check(CLI::Validator(check_duration, "DURATION"));
  command->add_option("--journal", flags->options.journal, "Can this file be written?");
  command->add_option("--report-dir", flags->options.report_dir, "Can reports be written here?");
  command->add_option("--record", flags->options.record, "Can a recording be written here?");
  command->footer(
      "Nothing is changed and no action is taken. Example: davy doctor checkout.yaml --journal davy.db");
  command->callback([&run, flags] { run = [flags] { return examine_all(*flags); }; });
}

}  // namespace davy::app
