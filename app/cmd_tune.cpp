// davy tune: what a policy is worth on quiet recordings of its own service.

#include "app/commands.hpp"
#include "app/tune/tune_report.hpp"
#include "config/policy_loader.hpp"
#include "core/base/duration_text.hpp"
#include "core/base/text.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

namespace davy::app {
namespace {

struct TuneFlags {
  std::string policy;
  std::vector<std::string> recordings;
  std::string window, history = "1m", output = "text";
  std::size_t most = 24;
};

std::optional<Duration> read_length(const std::string& flag, const std::string& text) {
  const auto length = parse_duration(text);
  if (length && *length > Duration::zero()) return *length;
  fmt::print(stderr, "davy: {} {} is no length of time; write 10m or 90s\n", flag, printable(text));
  return std::nullopt;
}

ExitCode tune_policy(const TuneFlags& flags) {
  const auto loaded = config::load_policy_file(flags.policy, config::process_environment());
  if (!loaded.problems->empty()) fmt::print(stderr, "{}", loaded.problems->to_text());
  if (!loaded.policy) return ExitCode::policy_invalid;
  config::Policy policy = *loaded.policy;
  const auto history = read_length("--history", flags.history);
  const auto window = read_length("--window", flags.window.empty() ? to_text(policy.window) : flags.window);
  if (!history || !window) return ExitCode::usage;
  policy.window = *window;
  std::vector<collector::recording::Recording> recordings;
  for (const std::string& file : flags.recordings) {
    auto recording = collector::recording::load_recording(file);
    if (!recording) {
      fmt::print(stderr, "davy: {}\n", printable(recording.error().message(), 1000));
      return ExitCode::usage;
    }
    for (const std::string& problem : recording->problems)
      fmt::print(stderr, "davy: {}: {}\n", file, problem);
    recordings.push_back(std::move(*recording));
  }
  if (!recordings.empty() && recordings.front().head.interval > Duration::zero())
    policy.scrape.interval = recordings.front().head.interval;
  std::vector<tune::Placebo> placebos;
  for (const auto& recording : recordings) {
    const auto some =
        tune::placebos(policy, recording, *history, std::max<std::size_t>(1, flags.most / recordings.size()));
    placebos.insert(placebos.end(), some.begin(), some.end());
  }
  if (placebos.empty()) {
    fmt::print(stderr,
               "davy: no release can be made up from {}: it takes two instances of the baseline, and {} of "
               "history before a "
               "window of {}; record longer (davy record --for), or shorten --window\n",
               join(flags.recordings, ", "), to_text(*history), to_text(policy.window));
    return ExitCode::usage;
  }
  const bool shown = isatty(STDERR_FILENO) == 1;
  const auto trials = tune::run_trials(policy, placebos, [&](std::size_t done) {
    if (shown)
      fmt::print(stderr, "\r{} of {} releases{}", done, placebos.size(), done == placebos.size() ? "\n" : "");
  });
  if (!trials) {
    fmt::print(stderr, "davy: {}\n", trials.error().message());
    return ExitCode::policy_invalid;
  }
  fmt::print("{}", flags.output == "json" ? tune::to_json(policy, *trials) : tune::to_text(policy, *trials));
  return ExitCode::pass;
}

}  // namespace

void add_tune(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("tune",
                                     "How often a policy would be wrong on quiet recordings, what it would "
                                     "catch, and which limits would fit");
  const auto flags = std::make_shared<TuneFlags>();
  command->add_option("policy", flags->policy, "The policy's file")->required();
  command->add_option("recordings", flags->recordings, "Of times at which nothing was wrong (davy record)")
      ->required();
  command->add_option("--window", flags->window, "Another window than the policy's");
  command->add_option("--history", flags->history, "What a made-up release has before it, 1m by default");
  command->add_option("--releases", flags->most, "At most so many are made up, 24 by default")
      ->check(CLI::Range(1, 10000));
  command->add_option("--output", flags->output, "text or json")->check(CLI::IsMember({"text", "json"}));
  command->footer(
      "Example: davy tune checkout.yaml quiet.davyrec\n"
      "         (made by davy record checkout.yaml --out quiet.davyrec --for 30m)");
  command->callback([&run, flags] { run = [flags] { return tune_policy(*flags); }; });
}

}  // namespace davy::app
