// davy replay: what a policy would have decided on recorded releases.

#include "app/commands.hpp"
#include "app/replay.hpp"
#include "app/replay_report.hpp"
#include "config/policy_loader.hpp"
#include "core/base/duration_text.hpp"
#include "core/base/text.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>

namespace davy::app {
namespace {

struct ReplayFlags {
  std::string policy;
  std::vector<std::string> recordings;
  std::string release_at;
  std::string output = "text";
  bool fail_on_change = false;
};

ExitCode replay_recordings(const ReplayFlags& flags) {
  ReplayOptions options;
  if (!flags.release_at.empty()) {
    const auto at = parse_duration(flags.release_at);
    if (!at) {
      fmt::print(stderr, "davy: --release-at {} is no length of time; write 1m or 90s\n", flags.release_at);
      return ExitCode::usage;
    }
    options.release_at = *at;
  }
  const auto loaded = config::load_policy_file(flags.policy, config::process_environment());
  if (!loaded.problems->empty()) fmt::print(stderr, "{}", loaded.problems->to_text());
  if (!loaded.policy) return ExitCode::policy_invalid;
  ReplayReport report;
  report.policy_digest = loaded.policy->digest;
  for (const std::string& file : flags.recordings) {
    const auto recording = collector::recording::load_recording(file);
    if (!recording) {
      fmt::print(stderr, "davy: {}\n", printable(recording.error().message(), 1000));
      return ExitCode::usage;
    }
    for (const std::string& problem : recording->problems)
      fmt::print(stderr, "davy: {}: {}\n", file, problem);
    const auto releases = replay(*loaded.policy, *recording, options);
    if (!releases) {
      fmt::print(stderr, "davy: {}: {}\n", file, printable(releases.error().message(), 1000));
      return ExitCode::usage;
    }
    report.releases.insert(report.releases.end(), releases->begin(), releases->end());
  }
  fmt::print("{}", flags.output == "json" ? to_json(report) : to_text(report));
  return flags.fail_on_change && report.changed() > 0 ? ExitCode::fail : ExitCode::pass;
}

}  // namespace

void add_replay(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand(
      "replay", "What a policy would have decided on recorded releases; nothing is called");
  const auto flags = std::make_shared<ReplayFlags>();
  command->add_option("policy", flags->policy, "The policy's file")->required();
  command
      ->add_option("recordings", flags->recordings, "What davy gate --record, guard --record or record wrote")
      ->required();
  command->add_option("--release-at", flags->release_at,
                      "A recording of no release: as if one began this long after its start");
  command->add_option("--output", flags->output, "text or json")->check(CLI::IsMember({"text", "json"}));
  command->add_flag("--fail-on-change", flags->fail_on_change,
                    "Exit with 10 when any release would be decided otherwise than it was");
  command->footer("Example: davy replay checkout.yaml recordings/*.davyrec --fail-on-change");
  command->callback([&run, flags] { run = [flags] { return replay_recordings(*flags); }; });
}

}  // namespace davy::app
