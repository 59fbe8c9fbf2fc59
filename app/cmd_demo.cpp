// davy demo: a whole release on loopback, from a failing canary to a verified rollback, with nothing but this
// binary.

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/demo/demo_town.hpp"
#include "app/services.hpp"
#include "config/policy_loader.hpp"
#include "report/incident_report.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <memory>

namespace davy::app {
namespace {

using namespace std::chrono_literals;

constexpr double requests_per_second = 500;
constexpr double canary_share = 0.2;
constexpr double usual_error_share = 0.005;
constexpr auto deploy_after = 5s;  // until then only the baseline serves, and is watched
constexpr auto trouble_after = deploy_after + 4s;

struct DemoFlags {
  std::string scenario = "errors";
  bool print_policy = false;
  std::string record;
  std::string output = "text";
};

// {{ }} are fmt's escaped braces.
constexpr const char* policy_template = R"(version: davy/v1
service: demo
canary: {{targets: [{canary}/metrics]}}
baseline: {{targets: [{baseline}]}}
scrape: {{interval: 1s, timeout: 800ms}}
window: 25s
warmup: 2s
checks:
  - name: errors
    ratio: {{errors: 'http_requests_total{{code=~"5.."}}', total: http_requests_total}}
    max: 5%
    max_increase: 100%
    ignore_increase_below: 1pp
  - name: latency
    latency: {{histogram: http_request_duration_seconds, quantile: p99}}
    max: 200ms
    max_increase: 100%
rollback:
  - http:
      url: {deploys}/rollback
      verify: {{url: {deploys}/canary, pointer: /canary, equals: out}}
guard_rails: {{deadline: 10s, verify_for: 15s}}
)";

std::string demo_policy(DemoTown& town) {
  std::string baseline;
  for (const DemoService* service : town.baseline()) {
    baseline += (baseline.empty() ? "" : ", ") + service->origin() + "/metrics";
  }
  return fmt::format(policy_template, fmt::arg("canary", town.canary().origin()),
                     fmt::arg("baseline", baseline), fmt::arg("deploys", town.deploy_api()));
}

void make_trouble(const std::string& scenario, DemoTown& town) {
  if (scenario == "errors") town.canary().behaviour().error_share = 0.4;
  if (scenario == "latency") town.canary().behaviour().latency = 400ms;
  if (scenario != "shared-outage") return;
  town.canary().behaviour().error_share = 0.4;
  for (DemoService* service : town.baseline()) service->behaviour().error_share = 0.4;
}

ExitCode demo(const DemoFlags& flags) {
  boost::asio::io_context loop;
  DemoTown town(loop);
  const double share = flags.scenario == "no-traffic" ? 0 : canary_share;
  const auto started = town.start(requests_per_second, 0);
  if (!started) {
    fmt::print(stderr, "davy: {}\n", started.error().message());
    return ExitCode::internal_error;
  }
  const std::string text = demo_policy(town);
  if (flags.print_policy) fmt::print("{}", text);
  if (flags.print_policy && flags.record.empty()) {
    return ExitCode::pass;
  }
  const auto loaded = config::load_policy(text, "demo.yaml", config::empty_environment());
  if (!loaded.policy) {
    fmt::print(stderr, "{}", loaded.problems->to_text());
    return ExitCode::policy_invalid;
  }
  Console console;
  WatchOptions options;
  options.log_level = telemetry::Level::error;
  options.record_file = flags.record;
  options.on_round = [&](const GuardSnapshot& snapshot) { console.show(snapshot); };
  auto watch = Watch::create(loop, *loaded.policy, std::move(options));
  if (!watch) {
    fmt::print(stderr, "davy: {}\n", watch.error().message());
    return ExitCode::internal_error;
  }
  town.canary().behaviour().error_share = usual_error_share;
  for (DemoService* service : town.baseline()) service->behaviour().error_share = usual_error_share;
  boost::asio::steady_timer deploy(loop, deploy_after);
  deploy.async_wait([&](boost::system::error_code ec) {
    if (ec) return;
    town.give_canary(share);
    OperatorRequest start;
    start.kind = OperatorRequest::Kind::start_release;
    start.release = "demo-1";
    (*watch)->request(std::move(start));
  });
  boost::asio::steady_timer trouble(loop, trouble_after);
  trouble.async_wait([&](boost::system::error_code ec) {
    if (!ec) make_trouble(flags.scenario, town);
  });
  fmt::print(
      stderr,
      "scenario {}: 1 canary and 5 baseline instances, {} requests/s, {}% of them to the canary after the "
      "deploy in {} s\n",
      flags.scenario, requests_per_second, share * 100, seconds(deploy_after));
  const ExitCode code = (*watch)->run(true);
  console.finish();
  const auto& incident = (*watch)->last_incident();
  if (incident && !flags.print_policy)
    fmt::print("{}\n", flags.output == "json" ? report::to_json(*incident) : report::to_markdown(*incident));
  fmt::print(stderr, "effective rollback calls: {}; exit code {}\n", town.rollbacks(),
             static_cast<int>(code));
  return code;
}

}  // namespace

void add_demo(CLI::App& app, Run& run) {
  auto* command =
      app.add_subcommand("demo", "Show a whole release on this machine, with nothing but this binary");
  const auto flags = std::make_shared<DemoFlags>();
  command
      ->add_option("--scenario", flags->scenario,
                   "errors (10), latency (10), healthy (0), shared-outage (11), no-traffic (11)")
      ->check(CLI::IsMember({"errors", "latency", "healthy", "shared-outage", "no-traffic"}));
  command->add_option("--output", flags->output, "The report on stdout: text (Markdown) or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("--record", flags->record, "Keep what was seen in this file, for davy replay");
  command->add_flag(
      "--print-policy", flags->print_policy,
      "Print the demonstration's policy instead of running it; with --record, instead of the report");
  command->footer(
      "Example: davy demo --scenario latency\n         davy demo --record demo.davyrec --print-policy > "
      "demo.yaml && davy replay demo.yaml demo.davyrec");
  command->callback([&run, flags] { run = [flags] { return demo(*flags); }; });
}

}  // namespace davy::app
