// davy guard POLICY... runs on, one release after another.

#include "app/commands.hpp"
#include "app/watch_flags.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <memory>

namespace davy::app {
namespace {

struct GuardFlags : WatchFlags {
  std::string start;  // "now"
};

// Ends the loop after the round that is running: an API call in flight is finished and recorded.
void stop_on_signals(boost::asio::signal_set& signals, Fleet& fleet) {
  signals.async_wait([&](boost::system::error_code ec, int signal) {
    if (ec) return;
    fleet.stop(signal == SIGINT ? ExitCode::interrupted : ExitCode::terminated);
    stop_on_signals(signals, fleet);
  });
}

ExitCode watch_on(const GuardFlags& flags) {
  if (flags.fleet.watch.leader_elect && !flags.fleet.watch.journal.empty()) {
    fmt::print(stderr, "davy: with --leader-elect the journal is kept in a ConfigMap; leave --journal out\n");
    return ExitCode::usage;
  }
  const auto policies = load_policies(flags.policies);
  if (!policies) return ExitCode::policy_invalid;
  boost::asio::io_context loop;
  auto fleet = Fleet::create(loop, *policies, fleet_options(flags));
  if (!fleet) return failed_to_start(fleet.error());
  boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
  stop_on_signals(signals, **fleet);
  for (const auto& watch : (*fleet)->watches()) {
    if (watch->snapshot().phase == Phase::idle && flags.start == "now") start_now(*watch, flags);
  }
  say_where_it_listens(**fleet);
  const ExitCode code = (*fleet)->run(false);
  return code == ExitCode::terminated || code == ExitCode::interrupted ? ExitCode::pass : code;
}

}  // namespace

void add_guard(CLI::App& app, Run& run, AtStep at_step) {
  auto* command = app.add_subcommand("guard", "Run on and watch one release after another");
  const auto flags = std::make_shared<GuardFlags>();
  flags->fleet.watch.at_step = std::move(at_step);
  flags->fleet.listen = "127.0.0.1:3289";
  command->add_option("policies", flags->policies, "Policies, one a service: files, or folders of *.yaml")
      ->required();
  add_watch_flags(*command, *flags);
  command->add_option("--record", flags->fleet.watch.record_dir,
                      "Keep what is seen in this folder, a file a release, for davy replay");
  command->add_flag(
      "--leader-elect", flags->fleet.watch.leader_elect,
      "Share the work with other Davys in the cluster: a Lease chooses who watches a service, a ConfigMap "
      "hands its journal on (both are called davy-SERVICE)");
  command->add_option("--lease-namespace", flags->fleet.watch.lease_namespace,
                      "Where these are; the namespace of the credentials by default");
  command
      ->add_option("--start", flags->start,
                   "now: watch a release from the start; otherwise POST /api/v1/releases starts one")
      ->check(CLI::IsMember({"now"}));
  command->footer("Example: davy guard policies/ --journal davy.db --report-dir reports --record recordings");
  command->callback([&run, flags] { run = [flags] { return watch_on(*flags); }; });
}

}  // namespace davy::app
