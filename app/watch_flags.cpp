#include "app/watch_flags.hpp"

#include "config/policy_loader.hpp"
#include "core/base/text.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>

namespace davy::app {

void add_watch_flags(CLI::App& command, WatchFlags& flags) {
  command.add_option("--release", flags.release,
                     "The release's id; made from the service and the time by default");
  command.add_option("--revision", flags.revision, "What is being deployed, for actions and reports");
  command.add_option("--journal", flags.fleet.watch.journal,
                     "The file that decisions are recorded in, so that a restart resumes");
  command.add_option("--report-dir", flags.fleet.watch.report_dir,
                     "Where each release's report is written (.md and .json)");
  command.add_option("--listen", flags.fleet.listen, "address:port of metrics, health and the API");
  command.add_option("--api-token-file", flags.fleet.token_file,
                     "Bearer token; without it nothing can be changed over HTTP");
  command.add_option("--log", flags.log, "text or json")->check(CLI::IsMember({"text", "json"}));
}

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

FleetOptions fleet_options(const WatchFlags& flags) {
  FleetOptions options = flags.fleet;
  options.watch.log_format = flags.log == "json" ? telemetry::LogFormat::json : telemetry::LogFormat::text;
  options.watch.identity = own_identity();
  return options;
}

ExitCode failed_to_start(const Error& error) {
  fmt::print(stderr, "{}{}\n", error.cause() == "policy" ? "" : "davy: ", error.message());
  return error.cause() == "policy" ? ExitCode::policy_invalid : ExitCode::usage;
}

void start_now(Watch& watch, const WatchFlags& flags) {
  OperatorRequest start;
  start.kind = OperatorRequest::Kind::start_release;
  start.release = flags.release;
  start.revision = flags.revision;
  watch.request(std::move(start));
}

void say_where_it_listens(Fleet& fleet) {
  if (fleet.server() != nullptr) fmt::print(stderr, "davy: listening on {}\n", fleet.server()->origin());
}

}  // namespace davy::app
