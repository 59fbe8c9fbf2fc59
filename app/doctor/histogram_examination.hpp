#pragma once

// How exactly a latency check can be told by the buckets that there are: the bounds around its limit, whether
// both sides' bounds are alike, whether +Inf is there. Pure.

#include "app/doctor/diagnosis.hpp"
#include "core/model/check.hpp"
#include "core/model/metric.hpp"

namespace davy::app::doctor {

// The series that the check selects on each side; `baseline` may be empty.
Diagnoses examine_histogram(const Check& check, const std::vector<const Series*>& canary,
                            const std::vector<const Series*>& baseline);

}  // namespace davy::app::doctor
