#pragma once

// The report's JSON and its parts, written and read back. The fields are listed in docs/gate.md and only ever
// added to. Text that is not UTF-8 is written with visible escapes, so that what is written is always JSON.

#include "core/base/result.hpp"
#include "report/gate_account.hpp"

#include <boost/json/object.hpp>

namespace davy::report {

boost::json::value text_json(std::string_view text);
boost::json::object finding_json(const Finding& finding);
boost::json::object incident_json(const Incident& incident);
// The same with what the gate makes of it: policy, result, exit_code, warning.
boost::json::object account_json(const GateAccount& account);

// What a JSON report says; fields that are missing keep their defaults. Error: malformed.
Result<Incident> read_incident(std::string_view text);
Finding read_finding(const boost::json::object& in);

}  // namespace davy::report
