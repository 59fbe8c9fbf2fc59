#pragma once

// A gate for GitLab: the report inside a section of the job's log that can be folded away, and variables for
// a dotenv artifact. What GitLab shows as test results is the JUnit format.

#include "report/gate_account.hpp"

namespace davy::report {

std::string to_gitlab_log(const GateAccount& account);

// DAVY_VERDICT=..., DAVY_EXIT_CODE=..., DAVY_RELEASE, DAVY_REVISION, DAVY_CHECK; values are plain words.
std::string to_dotenv(const GateAccount& account);

}  // namespace davy::report
