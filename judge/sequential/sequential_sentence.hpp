#pragma once

// What a sequential test found, as one line: what, how much on each side with sample sizes, the limit, how
// sure, since when, and what else was seen. Never a probability that the canary is bad: nobody knows that.

#include "core/model/check.hpp"
#include "core/model/finding.hpp"
#include "judge/sequential/sequential_story.hpp"

#include <string>

namespace davy::judge {

// "2x and +0.5pp, and 5%".
std::string limit_text(const Check& check);

std::string sequential_sentence(const Finding& finding, const SequentialStory& story);

}  // namespace davy::judge
