#include "app/ci_environment.hpp"

#include <cstdlib>

namespace davy::app {

std::optional<std::string> process_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

CiEnvironment ci_environment(const std::string& wanted, const Variable& variable) {
  CiEnvironment ci;
  const bool automatic = wanted == "auto";
  if (wanted == "github" || (automatic && variable("GITHUB_ACTIONS") == "true")) {
    ci.system = CiSystem::github;
    ci.step_summary = variable("GITHUB_STEP_SUMMARY").value_or("");
    ci.step_outputs = variable("GITHUB_OUTPUT").value_or("");
  } else if (wanted == "gitlab" || (automatic && variable("GITLAB_CI"))) {
    ci.system = CiSystem::gitlab;
  }
  return ci;
}

}  // namespace davy::app
