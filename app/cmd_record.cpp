// davy record: what a policy's targets say, kept; nothing is judged.

#include "app/commands.hpp"
#include "app/policy_files.hpp"
#include "app/services.hpp"
#include "config/policy_loader.hpp"
#include "core/base/duration_text.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>

namespace davy::app {
namespace {

struct RecordFlags {
  std::string policy;
  std::string file;
  std::string length = "10m";
};

ExitCode record(const RecordFlags& flags) {
  const auto length = parse_duration(flags.length);
  if (!length || *length <= Duration::zero()) {
    fmt::print(stderr, "davy: --for {} is no length of time; write 10m or 90s\n", flags.length);
    return ExitCode::usage;
  }
  const auto loaded = config::load_policy_file(flags.policy, config::process_environment());
  if (!loaded.problems->empty()) fmt::print(stderr, "{}", loaded.problems->to_text());
  if (!loaded.policy) return ExitCode::policy_invalid;
  config::Policy policy = *loaded.policy;
  policy.mode = config::Mode::observe;
  boost::asio::io_context loop;
  WatchOptions options;
  options.record_file = flags.file;
  std::size_t rounds = 0;
  options.on_round = [&](const GuardSnapshot&) { ++rounds; };
  auto watch = Watch::create(loop, policy, std::move(options));
  if (!watch) {
    fmt::print(stderr, "davy: {}\n", watch.error().message());
    return ExitCode::usage;
  }
  boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code ec, int) {
    if (!ec) (*watch)->stop();
  });
  boost::asio::steady_timer over(loop, *length);
  over.async_wait([&](boost::system::error_code ec) {
    if (!ec) (*watch)->stop();
  });
  fmt::print(stderr, "recording {} for {} into {}; Ctrl-C ends it sooner\n", policy.service, to_text(*length),
             flags.file);
  const ExitCode code = (*watch)->run(false);
  std::error_code ec;
  fmt::print(stderr, "{} rounds, {} bytes. Judge them: davy replay {} {} --release-at 1m\n", rounds,
             std::filesystem::file_size(flags.file, ec), flags.policy, flags.file);
  return code;
}

}  // namespace

void add_record(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("record", "Keep what a policy's targets say, to judge it later");
  const auto flags = std::make_shared<RecordFlags>();
  command->add_option("policy", flags->policy, "The policy's file: its targets, its checks' metrics")
      ->required();
  command->add_option("--out", flags->file, "The recording")->required();
  command->add_option("--for", flags->length, "How long, 10m by default");
  command->footer("Example: davy record checkout.yaml --out quiet.davyrec --for 15m");
  command->callback([&run, flags] { run = [flags] { return record(*flags); }; });
}

}  // namespace davy::app
