#pragma once

// Davy's test of an error rate as a detector: fires at the first tick whose evidence says what is asked.

#include "bench/detection/detector.hpp"
#include "judge/sequential/rate_test.hpp"

#include <functional>
#include <memory>

namespace davy::bench {

struct RateQuestion {
  judge::RateLimits limits;
  judge::TestOptions options;  // but for the numbers of ticks, which are the stream's
  bool history = true;         // what was before the deploy is known
  std::function<bool(const judge::Evidence&)> fires;
};

// The evidence is that of a breach at this alpha.
std::function<bool(const judge::Evidence&)> breaches(double alpha);

std::unique_ptr<Detector> make_rate_judge(std::string_view name, const RateQuestion& question);

}  // namespace davy::bench
