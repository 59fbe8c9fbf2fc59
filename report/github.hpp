#pragma once

// A gate for GitHub Actions: workflow commands for its log, Markdown for the job's summary, and the step's
// outputs.
//
// Actions shows at most ten annotations of a kind a step and drops a summary above 1 MiB, so both are kept
// below. No line of what is returned begins with "::" unless it is a command of ours.

#include "report/gate_account.hpp"

namespace davy::report {

// One ::error a failed check (ten at most; the last then counts the rest), ::warning for what could not be
// judged, ::notice for a gate that passed.
std::string to_github_annotations(const GateAccount& account);

// `bytes_left`: what the summary's file may still grow by.
std::string to_github_summary(const GateAccount& account, std::size_t bytes_left);
inline constexpr std::size_t github_summary_bytes_max = 1000 * 1024;

// verdict=, exit_code=, release=, report=.
std::string to_github_outputs(const GateAccount& account);

// "::kind title=...::message", escaped as Actions reads it back.
std::string workflow_command(const std::string& kind, const std::string& title, const std::string& message);

}  // namespace davy::report
