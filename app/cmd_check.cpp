// davy check POLICY: reads a policy and says everything that is wrong with it.

#include "app/commands.hpp"
#include "app/registry.hpp"
#include "config/policy_loader.hpp"
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
  }
  if (!loaded.problems->empty()) fmt::print(stderr, "{}", loaded.problems->to_text());
  if (!loaded.policy || loaded.problems->has_errors()) return ExitCode::policy_invalid;
  fmt::print("{}: valid; {} check{}, digest {}\n", file, loaded.policy->checks.size(),
             loaded.policy->checks.size() == 1 ? "" : "s", loaded.policy->digest);
  return ExitCode::pass;
}

}  // namespace

void add_check(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("check", "Say everything that is wrong with a policy");
  const auto file = std::make_shared<std::string>();
  command->add_option("policy", *file, "The policy's file")->required();
  command->callback([&run, file] { run = [file] { return check(*file); }; });
}

}  // namespace davy::app
