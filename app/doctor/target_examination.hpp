#pragma once

// One side's targets, as one round saw them: who answers, how large the answers are beside the limits, whose
// clock is off, whether there are enough. Pure.

#include "app/doctor/diagnosis.hpp"
#include "core/model/batch.hpp"
#include "core/model/scrape.hpp"

namespace davy::app::doctor {

// `asked_at`: our Unix seconds at batch.at.
Diagnoses examine_targets(Side side, const SideSpec& spec, const ScrapeSpec& scrape, const Batch& batch,
                          double asked_at);

bool speaks_for(const TargetReading& reading, Side side);

}  // namespace davy::app::doctor
