#pragma once

// Releases that never happened: one instance of a quiet baseline is taken for a canary that was deployed at
// some moment, and the others are the baseline. What is found wrong with it is false by construction.

#include "collector/recording/recording.hpp"
#include "config/policy.hpp"

#include <string>
#include <vector>

namespace davy::app::tune {

struct Placebo {
  const collector::recording::Recording* recording = nullptr;
  std::string member;  // who plays the canary
  Instant released{};
};

// Every member in turn, as many moments as have `history` before them and a window after them; at most
// `most`, spread evenly. Empty where a recording is too short or has no two members of the baseline.
std::vector<Placebo> placebos(const config::Policy& policy, const collector::recording::Recording& recording,
                              Duration history, std::size_t most);

// The policy's sides as they are for this placebo.
config::Policy with_sides_of(const config::Policy& policy, const Placebo& placebo);
// A round as it is for this placebo: the member appears with its release, and the recording's canary is not
// there.
Batch batch_of(const config::Policy& policy, const Placebo& placebo, const Batch& recorded);

}  // namespace davy::app::tune
