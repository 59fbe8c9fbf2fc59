#pragma once

// How the recorded ticks are compared: the one place to say so.

#include "bench/judge_ticks/checks.hpp"
#include "judge/comparison.hpp"

namespace davy::judge_ticks {

// The policy is that of the whole file: its confidence holds for all of its checks together.
std::unique_ptr<judge::Comparison> comparison_for(const Check& check, const FilePolicy& policy);

}  // namespace davy::judge_ticks
