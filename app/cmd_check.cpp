// davy check POLICY: reads a policy and says everything that is wrong with it.

#include "app/commands.hpp"
#include "app/policy_files.hpp"
#include "app/registry.hpp"
#include "config/policy_loader.hpp"
#include "core/base/text.hpp"
#include "core/net/dns.hpp"

#include <boost/asio/io_context.hpp>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <memory>

namespace davy::app {
namespace {

ExitCode check(const std::string& file) {
  const auto loaded = config::load_policy_file(file, config::process_environment());
  if (loaded.policy) {
    // What actuators think of their options is part of the answer.
    boost::asio::io_context loop;
    const rollback::ActuatorParts parts{loop.get_executor(),
                                        std::make_shared<net::Resolver>(loop.get_executor())};
    make_actuators(loaded.policy->rollback, parts);
    make_actuators(loaded.policy->on_pass, parts);
    for (const config::StepSpec& step : loaded.policy->steps) make_actuators(step.actions, parts);
  }
  if (!loaded.problems->empty()) fmt::print(stderr, "{}", loaded.problems->to_text());
  if (!loaded.policy || loaded.problems->has_errors()) return ExitCode::policy_invalid;
  fmt::print("{}: valid; {} check{}, digest {}\n", file, loaded.policy->checks.size(),
             loaded.policy->checks.size() == 1 ? "" : "s", loaded.policy->digest);
  return ExitCode::pass;
}

ExitCode check_all(const std::vector<std::string>& places) {
  const std::vector<std::string> files = policy_files(places);
  if (files.empty()) fmt::print(stderr, "davy: there is no policy (*.yaml) in {}\n", join(places, ", "));
  ExitCode worst = files.empty() ? ExitCode::policy_invalid : ExitCode::pass;
  for (const std::string& file : files) worst = std::max(worst, check(file));
  return worst;
}

}  // namespace

void add_check(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("check", "Say everything that is wrong with policies");
  const auto places = std::make_shared<std::vector<std::string>>();
  command->add_option("policies", *places, "Files, or folders of *.yaml")->required();
  command->footer("Example: davy check policies/ && davy doctor policies/checkout.yaml");
  command->callback([&run, places] { run = [places] { return check_all(*places); }; });
}

}  // namespace davy::app
