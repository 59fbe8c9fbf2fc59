#pragma once

// A gate as JUnit XML, which GitLab, Jenkins and most other systems read: a suite is the policy, a case is a
// check, and one more case, "verdict", is the gate itself, because a release can fail without a check that
// did.
//
// breach: failure (type threshold; confirmed on the baseline, too: skipped). Not enough data: skipped. Nobody
// answered: error (type blind). classname and name together are unique. Well-formed XML 1.0 in UTF-8 whatever
// the names hold.

#include "report/gate_account.hpp"

namespace davy::report {

std::string to_junit(const GateAccount& account);

}  // namespace davy::report
