#pragma once

// A gate as one JSON object a line: {"event":"round",...} as rounds happen, and {"event":"report",...} with
// the whole report as the last line.

#include "core/model/guard_snapshot.hpp"
#include "report/gate_account.hpp"

namespace davy::report {

std::string to_ndjson(const GuardSnapshot& round);
std::string to_ndjson(const GateAccount& account);

}  // namespace davy::report
