#pragma once

// What else Davy's judge says of a canary that may fail 1.5 times as often as the baseline, as detectors:
//
//   pass    fires when the canary is inside its limit at 95%
//   breach  fires when it is over its limit at 1%
//   miss    fires when the 95% interval of the ratio of rates does not hold the true one, at any tick
//
// Without what the judge forgives where limits have a margin.

#include "bench/detection/detector.hpp"
#include "bench/detection/truth.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace davy::bench {

// In the order above.
const std::vector<std::string_view>& pass_detector_names();
// Throws std::out_of_range for another name.
std::unique_ptr<Detector> make_pass_detector(std::string_view name, const Truth& truth);

}  // namespace davy::bench
