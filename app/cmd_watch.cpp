// davy guard POLICY... runs on, one release after another; davy gate POLICY judges one window and exits with
// the verdict.

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/fleet.hpp"
#include "app/policy_files.hpp"
#include "config/policy_loader.hpp"
#include "core/base/text.hpp"
#include "report/incident_report.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <memory>

namespace davy::app {
namespace {

struct WatchFlags {
  std::vector<std::string> policies;
  std::string release;
  std::string revision;
  std::string start;  // guard: "now"
  std::string output = "text";
  std::string log = "text";
  std::string record;
  FleetOptions fleet;
};

void add_common(CLI::App& command, WatchFlags& flags) {
  command.add_option("--release", flags.release,
                     "The release's id; made from the service and the time by default");
  command.add_option("--revision", flags.revision, "What is being deployed, for actions and reports");
  command.add_option("--journal", flags.fleet.watch.journal,
                     "The file that decisions are recorded in, so that a restart resumes");
  command.add_option("--report-dir", flags.fleet.watch.report_dir,
                     "Where each release's report is written (.md and .json)");
  command.add_option(
      "--record", flags.record,
      "Keep what is seen, for davy replay: gate: a file; guard: a folder with a file a release");
  command.add_option("--listen", flags.fleet.listen, "address:port of metrics, health and the API");
  command.add_option("--api-token-file", flags.fleet.token_file,
                     "Bearer token; without it nothing can be changed over HTTP");
  command.add_option("--log", flags.log, "text or json")->check(CLI::IsMember({"text", "json"}));
}

// Ends the loop after the round that is running: an API call in flight is finished and recorded.
void stop_on_signals(boost::asio::signal_set& signals, Fleet& fleet) {
  signals.async_wait([&](boost::system::error_code ec, int signal) {
    if (ec) return;
    fleet.stop(signal == SIGINT ? ExitCode::interrupted : ExitCode::terminated);
    stop_on_signals(signals, fleet);
  });
}

int failed_to_start(const Error& error) {
  fmt::print(stderr, "{}{}\n", error.cause() == "policy" ? "" : "davy: ", error.message());
  return static_cast<int>(error.cause() == "policy" ? ExitCode::policy_invalid : ExitCode::usage);
}

// Every policy that can be read; nothing when any of them cannot.
std::optional<std::vector<config::Policy>> load_policies(const std::vector<std::string>& named) {
  const std::vector<std::string> files = policy_files(named);
  if (files.empty()) fmt::print(stderr, "davy: there is no policy (*.yaml) in {}\n", join(named, ", "));
  std::vector<config::Policy> policies;
  for (const std::string& file : files) {
    const auto loaded = config::load_policy_file(file, config::process_environment());
    if (!loaded.problems->empty()) fmt::print(stderr, "{}", loaded.problems->to_text());
    if (loaded.policy) policies.push_back(*loaded.policy);
  }
  if (files.empty() || policies.size() < files.size()) return std::nullopt;
  return policies;
}

void start_now(Watch& watch, const WatchFlags& flags) {
  OperatorRequest start;
  start.kind = OperatorRequest::Kind::start_release;
  start.release = flags.release;
  start.revision = flags.revision;
  watch.request(std::move(start));
}

ExitCode watch_policies(const WatchFlags& flags, bool one_release) {
  if (flags.fleet.watch.leader_elect && !flags.fleet.watch.journal.empty()) {
    fmt::print(stderr, "davy: with --leader-elect the journal is kept in a ConfigMap; leave --journal out\n");
    return ExitCode::usage;
  }
  const auto policies = load_policies(flags.policies);
  if (!policies) return ExitCode::policy_invalid;
  boost::asio::io_context loop;
  Console console;
  FleetOptions options = flags.fleet;
  (one_release ? options.watch.record_file : options.watch.record_dir) = flags.record;
  options.watch.log_format = flags.log == "json" ? telemetry::LogFormat::json : telemetry::LogFormat::text;
  options.watch.identity = own_identity();
  const bool progress = one_release && flags.log == "text";
  if (progress) {
    options.watch.log_level = telemetry::Level::error;
    options.watch.on_round = [&](const GuardSnapshot& snapshot) { console.show(snapshot); };
  }
  auto fleet = Fleet::create(loop, *policies, std::move(options));
  if (!fleet) return static_cast<ExitCode>(failed_to_start(fleet.error()));
  boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
  stop_on_signals(signals, **fleet);
  for (const auto& watch : (*fleet)->watches()) {
    const bool resumed = watch->snapshot().phase != Phase::idle;
    if (!resumed && (one_release || flags.start == "now")) start_now(*watch, flags);
  }
  if ((*fleet)->server() != nullptr)
    fmt::print(stderr, "davy: listening on {}\n", (*fleet)->server()->origin());
  const ExitCode code = (*fleet)->run(one_release);
  console.finish();
  if (!one_release)
    return code == ExitCode::terminated || code == ExitCode::interrupted ? ExitCode::pass : code;
  const auto& incident = (*fleet)->watches().front()->last_incident();
  if (!incident) {
    fmt::print(stderr, "davy: stopped before a verdict\n");
    return code;
  }
  fmt::print("{}\n", flags.output == "json" ? report::to_json(*incident) : report::to_markdown(*incident));
  return code;
}

}  // namespace

void add_gate(CLI::App& app, Run& run, AtStep at_step) {
  auto* command = app.add_subcommand(
      "gate", "Judge one release now; the exit code is the verdict (0 pass, 10 fail, 11 inconclusive)");
  const auto flags = std::make_shared<WatchFlags>();
  flags->fleet.watch.at_step = std::move(at_step);
  command->add_option("policy", flags->policies, "The policy's file")->required()->expected(1);
  add_common(*command, *flags);
  command->add_option("--output", flags->output, "The report on stdout: text (Markdown) or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->callback([&run, flags] { run = [flags] { return watch_policies(*flags, true); }; });
}

void add_guard(CLI::App& app, Run& run, AtStep at_step) {
  auto* command = app.add_subcommand("guard", "Run on and watch one release after another");
  const auto flags = std::make_shared<WatchFlags>();
  flags->fleet.watch.at_step = std::move(at_step);
  flags->fleet.listen = "127.0.0.1:3289";
  command->add_option("policies", flags->policies, "Policies, one a service: files, or folders of *.yaml")
      ->required();
  add_common(*command, *flags);
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
  command->callback([&run, flags] { run = [flags] { return watch_policies(*flags, false); }; });
}

}  // namespace davy::app
