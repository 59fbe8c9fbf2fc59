#pragma once

// The account of one release, for people (Markdown) and for programs (JSON). Pure: the same incident gives
// the same bytes. A gate adds what it makes of the account. The fields of the JSON are listed in docs/gate.md
// and only ever added to.

#include "report/gate_account.hpp"

#include <string>

namespace davy::report {

std::string to_markdown(const Incident& incident);
std::string to_json(const Incident& incident);
std::string to_markdown(const GateAccount& account);
std::string to_json(const GateAccount& account);

}  // namespace davy::report
