// davy gate POLICY judges one release and exits with the verdict.

#include "app/commands.hpp"
#include "app/gate_flags.hpp"
#include "app/gate_run.hpp"
#include "app/gate_server.hpp"
#include "core/base/duration_text.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <memory>

namespace davy::app {
namespace {

std::string check_duration(const std::string& text) {
  const auto read = parse_duration(text);
  return read ? "" : read.error().message();
}

// What is asked for here and there at once; empty: nothing is.
std::string contradiction(const GateFlags& flags) {
  if (flags.server.empty()) {
    if (flags.policies.empty()) return "name the policy's file, or a --server whose release is followed";
    if (flags.start || !flags.service.empty()) return "--start and --service need --server";
    return "";
  }
  if (!flags.policies.empty()) return "with --server the policy is the server's; leave the file out";
  if (flags.steps) return "--steps belongs to a gate that acts itself; leave --server out";
  const bool local = !flags.fleet.listen.empty() || !flags.fleet.watch.journal.empty() ||
                     !flags.fleet.watch.report_dir.empty() || !flags.fleet.watch.record_file.empty();
  return local ? "--journal, --report-dir, --record and --listen belong to the server; leave them out" : "";
}

ExitCode gate(const GateFlags& flags) {
  if (const std::string why = contradiction(flags); !why.empty()) {
    fmt::print(stderr, "davy: {}\n", why);
    return ExitCode::usage;
  }
  auto outputs = GateOutputs::prepare(flags.outputs, ci_environment(flags.ci, process_variable));
  if (!outputs) {
    fmt::print(stderr, "davy: {}\n", outputs.error().message());
    return ExitCode::usage;
  }
  if (!flags.server.empty()) return follow_server(flags, std::move(*outputs));
  return run_gate(flags, std::move(*outputs));
}

}  // namespace

void add_gate(CLI::App& app, Run& run, AtStep at_step) {
  auto* command = app.add_subcommand(
      "gate", "Judge one release now; the exit code is the verdict (0 pass, 10 fail, 11 inconclusive)");
  const auto flags = std::make_shared<GateFlags>();
  flags->fleet.watch.at_step = std::move(at_step);
  command->add_option("policy", flags->policies, "The policy's file")->expected(1);
  add_watch_flags(*command, *flags);
  command->add_option("--record", flags->fleet.watch.record_file,
                      "Keep what is seen in this file, for davy replay; with --steps FILE.1, FILE.2 ...");
  command
      ->add_option("-o,--output", flags->outputs,
                   "FORMAT or FORMAT=FILE, again for several: " + output_format_names())
      ->allow_extra_args(false);
  command
      ->add_option("--inconclusive", flags->inconclusive,
                   "What an inconclusive release counts as: pass (0), warn (0, and said) or fail (10); 11 "
                   "by default")
      ->check(CLI::IsMember({"pass", "warn", "fail"}));
  command->add_option("--timeout", flags->timeout, "Give up without a verdict after this long, like 15m (4)")
      ->check(CLI::Validator(check_duration, "DURATION"));
  command
      ->add_option("--color", flags->colour, "auto, always or never; auto goes by the terminal and NO_COLOR")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command->add_option("--ci", flags->ci, "Whose log and files to write for: auto, none, github or gitlab")
      ->check(CLI::IsMember({"auto", "none", "github", "gitlab"}));
  command->add_flag("--steps", flags->steps,
                    "Take the policy's steps one after another, and judge a window after each");
  command->add_option("--server", flags->server,
                      "Follow a release of the Davy at this URL, like http://davy:3289");
  command->add_option("--service", flags->service, "With --server: which of its services");
  command->add_flag("--start", flags->start,
                    "With --server: begin the release there (needs --api-token-file)");
  command
      ->add_option("--blind-after", flags->blind_after,
                   "With --server: how long it may be silent (5), 1m by default")
      ->check(CLI::Validator(check_duration, "DURATION"));
  command->footer(
      "Example: davy gate checkout.yaml --revision \"$GIT_COMMIT\" -o text -o junit=davy.xml "
      "--inconclusive=warn");
  command->callback([&run, flags] { run = [flags] { return gate(*flags); }; });
}

}  // namespace davy::app
