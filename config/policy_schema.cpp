#include "config/policy_schema.hpp"

namespace davy::config {

const char* policy_schema() {
  return
#include "config/policy.schema.json.inc"
      ;
}

}  // namespace davy::config
