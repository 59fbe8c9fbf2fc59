// davy guard POLICY runs on, one release after another; davy gate POLICY judges one window and exits with the
// verdict.

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/services.hpp"
#include "config/policy_loader.hpp"
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
  std::string policy;
  std::string release;
  std::string revision;
  std::string start;  // guard: "now"
  std::string output = "text";
  std::string log = "text";
  WatchOptions watch;
};

void add_common(CLI::App& command, WatchFlags& flags) {
  command.add_option("policy", flags.policy, "The policy's file")->required();
  command.add_option("--release", flags.release,
                     "The release's id; made from the service and the time by default");
  command.add_option("--revision", flags.revision, "What is being deployed, for actions and reports");
  command.add_option("--journal", flags.watch.journal,
                     "The file that decisions are recorded in, so that a restart resumes");
  command.add_option("--report-dir", flags.watch.report_dir,
                     "Where each release's report is written (.md and .json)");
  command.add_option("--listen", flags.watch.listen, "address:port of metrics, health and the API");
  command.add_option("--api-token-file", flags.watch.token_file,
                     "Bearer token; without it nothing can be changed over HTTP");
  command.add_option("--log", flags.log, "text or json")->check(CLI::IsMember({"text", "json"}));
}

// Ends the loop after the round that is running: an API call in flight is finished and recorded.
void stop_on_signals(boost::asio::signal_set& signals, Watch& watch) {
  signals.async_wait([&](boost::system::error_code ec, int signal) {
    if (ec) return;
    watch.stop(signal == SIGINT ? ExitCode::interrupted : ExitCode::terminated);
    stop_on_signals(signals, watch);
  });
}

int failed_to_start(const Error& error) {
  fmt::print(stderr, "{}{}\n", error.cause() == "policy" ? "" : "davy: ", error.message());
  return static_cast<int>(error.cause() == "policy" ? ExitCode::policy_invalid : ExitCode::usage);
}

ExitCode watch_policy(const WatchFlags& flags, bool one_release) {
  const auto loaded = config::load_policy_file(flags.policy, config::process_environment());
  if (!loaded.problems->empty()) fmt::print(stderr, "{}", loaded.problems->to_text());
  if (!loaded.policy) return ExitCode::policy_invalid;
  boost::asio::io_context loop;
  Console console;
  WatchOptions options = flags.watch;
  options.log_format = flags.log == "json" ? telemetry::LogFormat::json : telemetry::LogFormat::text;
  const bool progress = one_release && flags.log == "text";
  if (progress) {
    options.log_level = telemetry::Level::error;
    options.on_round = [&](const GuardSnapshot& snapshot) { console.show(snapshot); };
  }
  auto watch = Watch::create(loop, *loaded.policy, std::move(options));
  if (!watch) return static_cast<ExitCode>(failed_to_start(watch.error()));
  boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
  stop_on_signals(signals, **watch);
  const bool resumed = (*watch)->guard().snapshot().phase != Phase::idle;
  if (!resumed && (one_release || flags.start == "now")) {
    OperatorRequest start;
    start.kind = OperatorRequest::Kind::start_release;
    start.release = flags.release;
    start.revision = flags.revision;
    (*watch)->guard().request(std::move(start));
  }
  if ((*watch)->server() != nullptr)
    fmt::print(stderr, "davy: listening on {}\n", (*watch)->server()->origin());
  const ExitCode code = (*watch)->run(one_release);
  console.finish();
  if (!one_release)
    return code == ExitCode::terminated || code == ExitCode::interrupted ? ExitCode::pass : code;
  const auto& incident = (*watch)->guard().last_incident();
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
  flags->watch.at_step = std::move(at_step);
  add_common(*command, *flags);
  command->add_option("--output", flags->output, "The report on stdout: text (Markdown) or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->callback([&run, flags] { run = [flags] { return watch_policy(*flags, true); }; });
}

void add_guard(CLI::App& app, Run& run, AtStep at_step) {
  auto* command = app.add_subcommand("guard", "Run on and watch one release after another");
  const auto flags = std::make_shared<WatchFlags>();
  flags->watch.at_step = std::move(at_step);
  flags->watch.listen = "127.0.0.1:3289";
  add_common(*command, *flags);
  command
      ->add_option("--start", flags->start,
                   "now: watch a release from the start; otherwise POST /api/v1/releases starts one")
      ->check(CLI::IsMember({"now"}));
  command->callback([&run, flags] { run = [flags] { return watch_policy(*flags, false); }; });
}

}  // namespace davy::app
