#pragma once

// Connects to everything that a policy names and says what works and what does not. Changes nothing: no
// marks, no actions. Ends after `timeout` at the latest, or on SIGINT and SIGTERM, with what it has found by
// then.

#include "app/doctor/diagnosis.hpp"
#include "config/policy.hpp"
#include "core/base/clock.hpp"

#include <optional>
#include <string>

namespace davy::app::doctor {

struct DoctorOptions {
  Duration timeout = std::chrono::seconds(30);
  std::string journal, report_dir, record;  // places that will be written; empty: none
};

struct Examination {
  Diagnoses found;
  std::optional<int> stopped_by;  // a signal
};

// Blocks, on a loop of its own.
Examination examine(const config::Policy& policy, const config::Section& root, const DoctorOptions& options);

}  // namespace davy::app::doctor
