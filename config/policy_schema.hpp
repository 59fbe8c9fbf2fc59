#pragma once

// The JSON Schema (draft 7) of the policy format, for completion and checking in editors. policy.schema.json
// is the source; it is compiled in.

namespace davy::config {

const char* policy_schema();

}  // namespace davy::config
