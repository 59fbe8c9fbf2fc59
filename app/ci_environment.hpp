#pragma once

// Which CI system runs us, asked of the environment once, as a value.

#include <functional>
#include <optional>
#include <string>

namespace davy::app {

enum class CiSystem { none, github, gitlab };

struct CiEnvironment {
  CiSystem system = CiSystem::none;
  std::string step_summary;  // GitHub: the file of the job's summary; empty: none
  std::string step_outputs;  // GitHub: the file of the step's outputs; empty: none
};

using Variable = std::function<std::optional<std::string>(const char* name)>;

// `wanted`: auto, none, github or gitlab. auto goes by GITHUB_ACTIONS=true and GITLAB_CI.
CiEnvironment ci_environment(const std::string& wanted, const Variable& variable);
std::optional<std::string> process_variable(const char* name);

}  // namespace davy::app
