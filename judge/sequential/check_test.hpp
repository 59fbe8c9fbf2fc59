#pragma once

// The sequential test of one kind of check, fed with its samples.

#include "core/model/check.hpp"
#include "judge/sequential/evidence.hpp"
#include "judge/sequential/rate_test.hpp"
#include "judge/sequential/sample.hpp"

#include <memory>

namespace davy::judge {

class CheckTest {
 public:
  virtual ~CheckTest() = default;
  // The next tick after the deploy.
  virtual void observe(const Sample& sample) = 0;
  virtual const Evidence& evidence() const = 0;
};

// `groups` of the baseline, none where there is no baseline; samples as the check's sampler makes them.
std::unique_ptr<CheckTest> make_check_test(const Check& check, const TestOptions& options, std::size_t groups,
                                           const std::vector<Sample>& history);

// The kinds, one by one.
std::unique_ptr<CheckTest> make_rate_check_test(const Check& check, const TestOptions& options,
                                                std::size_t groups, const std::vector<Sample>& history);
std::unique_ptr<CheckTest> make_latency_check_test(const Check& check, const TestOptions& options,
                                                   std::size_t groups, const std::vector<Sample>& history);
std::unique_ptr<CheckTest> make_gauge_check_test(const Check& check, const TestOptions& options,
                                                 std::size_t groups, const std::vector<Sample>& history);

// One channel of a sample as bad events out of channel 0, the total.
void take_channel(const Sample& sample, std::size_t channels, std::size_t bad, GroupTick& out);
std::vector<GroupTick> take_channel(const std::vector<Sample>& samples, std::size_t channels,
                                    std::size_t bad);

}  // namespace davy::judge
