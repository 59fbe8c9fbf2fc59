#pragma once

// The command line: one function a subcommand, each adding itself to the parser.

#include "app/exit_code.hpp"

#include <CLI/App.hpp>
#include <functional>
#include <string_view>

namespace davy::app {

// What a parsed subcommand does; main runs it after parsing.
using Run = std::function<ExitCode()>;
using AtStep = std::function<void(std::string_view)>;

void add_check(CLI::App& app, Run& run);
void add_completion(CLI::App& app, Run& run);
void add_demo(CLI::App& app, Run& run);
void add_diff(CLI::App& app, Run& run);
void add_doctor(CLI::App& app, Run& run);
void add_explain(CLI::App& app, Run& run);
void add_gate(CLI::App& app, Run& run, AtStep at_step);
void add_guard(CLI::App& app, Run& run, AtStep at_step);
void add_import(CLI::App& app, Run& run);
void add_init(CLI::App& app, Run& run);
void add_record(CLI::App& app, Run& run);
void add_replay(CLI::App& app, Run& run);
void add_schema(CLI::App& app, Run& run);
void add_test(CLI::App& app, Run& run);
void add_tune(CLI::App& app, Run& run);
void add_version(CLI::App& app, Run& run);

// Parses and runs; every way out is an ExitCode. `at_step` is for crash tests and otherwise empty.
int run_command_line(int argc, char** argv, AtStep at_step);

}  // namespace davy::app
