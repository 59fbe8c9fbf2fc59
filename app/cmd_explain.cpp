// davy explain POLICY: the policy in English. davy schema: the format's JSON Schema.

#include "app/commands.hpp"
#include "config/explain.hpp"
#include "config/policy_loader.hpp"
#include "config/policy_schema.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <memory>

namespace davy::app {

void add_explain(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("explain", "Say in English what a policy means");
  const auto file = std::make_shared<std::string>();
  command->add_option("policy", *file, "The policy's file")->required();
  command->footer("Example: davy explain checkout.yaml");
  command->callback([&run, file] {
    run = [file] {
      const auto loaded = config::load_policy_file(*file, config::process_environment());
      if (!loaded.problems->empty()) fmt::print(stderr, "{}", loaded.problems->to_text());
      if (!loaded.policy) return ExitCode::policy_invalid;
      fmt::print("{}", config::explain(*loaded.policy));
      return ExitCode::pass;
    };
  });
}

void add_schema(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("schema", "Print the JSON Schema of the policy format, for editors");
  command->footer("Example: davy schema > davy.schema.json");
  command->callback([&run] {
    run = [] {
      fmt::print("{}", config::policy_schema());
      return ExitCode::pass;
    };
  });
}

}  // namespace davy::app
