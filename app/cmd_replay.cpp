// davy replay: what a policy would have decided on recorded releases.

#include "app/commands.hpp"
#include "app/past_recording.hpp"
#include "app/replay.hpp"
#include "app/replay_report.hpp"
#include "config/policy_loader.hpp"
#include "core/base/duration_text.hpp"
#include "core/base/text.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace davy::app {
namespace {

struct ReplayFlags {
  std::string policy;
  std::vector<std::string> recordings;
  std::string release_at, deploys, prometheus;
  std::string output = "text";
  bool fail_on_change = false;
};

// Adds what becomes of one recording; false when it could not be judged, which has been said.
bool add(const config::Policy& policy, const collector::recording::Recording& recording,
         const std::string& name, const ReplayOptions& options, ReplayReport& report) {
  for (const std::string& problem : recording.problems) fmt::print(stderr, "davy: {}: {}\n", name, problem);
  const auto releases = replay(policy, recording, options);
  if (!releases) {
    fmt::print(stderr, "davy: {}: {}\n", name, printable(releases.error().message(), 1000));
    return false;
  }
  report.releases.insert(report.releases.end(), releases->begin(), releases->end());
  return true;
}

ExitCode add_recordings(const ReplayFlags& flags, const config::Policy& policy, ReplayReport& report) {
  ReplayOptions options;
  if (!flags.release_at.empty()) {
    const auto at = parse_duration(flags.release_at);
    if (!at) {
      fmt::print(stderr, "davy: --release-at {} is no length of time; write 1m or 90s\n", flags.release_at);
      return ExitCode::usage;
    }
    options.release_at = *at;
  }
  for (const std::string& file : flags.recordings) {
    const auto recording = collector::recording::load_recording(file);
    if (!recording) {
      fmt::print(stderr, "davy: {}\n", printable(recording.error().message(), 1000));
      return ExitCode::usage;
    }
    if (!add(policy, *recording, file, options, report)) return ExitCode::usage;
  }
  return ExitCode::pass;
}

ExitCode add_past(const ReplayFlags& flags, const config::Policy& policy, ReplayReport& report) {
  std::ifstream file(flags.deploys, std::ios::binary);
  if (!file) {
    fmt::print(stderr, "davy: cannot read {}; check the name and its permissions\n", flags.deploys);
    return ExitCode::usage;
  }
  const auto loaded = config::load_deploys({std::istreambuf_iterator<char>(file), {}}, flags.deploys,
                                           config::process_environment());
  if (!loaded.problems->empty()) fmt::print(stderr, "{}", loaded.problems->to_text());
  if (loaded.deploys.empty()) return ExitCode::policy_invalid;
  for (const config::PastDeploy& deploy : loaded.deploys) {
    const auto of_then = policy_of(policy, deploy, flags.prometheus);
    if (!of_then) {
      fmt::print(stderr, "davy: {}\n", printable(of_then.error().message(), 1000));
      return ExitCode::usage;
    }
    const auto recording = record_past(*of_then, deploy);
    if (!recording) {
      fmt::print(stderr, "davy: {}: {}\n", printable(deploy.release),
                 printable(recording.error().message(), 1000));
      return ExitCode::blind;
    }
    if (!add(*of_then, *recording, deploy.release, {}, report)) return ExitCode::usage;
  }
  return ExitCode::pass;
}

ExitCode replay_all(const ReplayFlags& flags) {
  if (flags.recordings.empty() == flags.deploys.empty()) {
    fmt::print(stderr, "davy: name recordings, or --deploys of the past (and --prometheus), and not both\n");
    return ExitCode::usage;
  }
  const auto loaded = config::load_policy_file(flags.policy, config::process_environment());
  if (!loaded.problems->empty()) fmt::print(stderr, "{}", loaded.problems->to_text());
  if (!loaded.policy) return ExitCode::policy_invalid;
  ReplayReport report;
  report.policy_digest = loaded.policy->digest;
  const ExitCode added = flags.deploys.empty() ? add_recordings(flags, *loaded.policy, report)
                                               : add_past(flags, *loaded.policy, report);
  if (added != ExitCode::pass) return added;
  fmt::print("{}", flags.output == "json" ? to_json(report) : to_text(report));
  return flags.fail_on_change && report.changed() > 0 ? ExitCode::fail : ExitCode::pass;
}

}  // namespace

void add_replay(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand(
      "replay", "What a policy would have decided on recorded releases; nothing is called");
  const auto flags = std::make_shared<ReplayFlags>();
  command->add_option("policy", flags->policy, "The policy's file")->required();
  command->add_option("recordings", flags->recordings,
                      "What davy gate --record, guard --record or record wrote");
  command->add_option("--deploys", flags->deploys,
                      "Deploys of the past, in YAML: release, at, canary, baseline");
  command->add_option("--prometheus", flags->prometheus, "Who remembers them, where the policy scrapes");
  command->add_option("--release-at", flags->release_at,
                      "A recording of no release: as if one began this long after its start");
  command->add_option("--output", flags->output, "text or json")->check(CLI::IsMember({"text", "json"}));
  command->add_flag("--fail-on-change", flags->fail_on_change,
                    "Exit with 10 when any release would be decided otherwise than it was");
  command->footer("Example: davy replay checkout.yaml recordings/*.davyrec --fail-on-change");
  command->callback([&run, flags] { run = [flags] { return replay_all(*flags); }; });
}

}  // namespace davy::app
