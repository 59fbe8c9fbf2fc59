#pragma once

// What flows now, and what that means for the policy's window. Pure.

#include "app/doctor/diagnosis.hpp"
#include "core/model/finding.hpp"
#include "core/model/window.hpp"

namespace davy::app::doctor {

// `window` holds at least one judged tick, `finding` is what the check's comparison makes of it.
Diagnoses examine_traffic(const Check& check, const Window& window, const Finding& finding);

}  // namespace davy::app::doctor
