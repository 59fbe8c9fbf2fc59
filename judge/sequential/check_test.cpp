#include "judge/sequential/check_test.hpp"

namespace davy::judge {
namespace {

class RateCheckTest final : public CheckTest {
 public:
  RateCheckTest(const RateLimits& limits, const TestOptions& options, std::size_t groups,
                const std::vector<Sample>& history)
      : test_(limits, options, groups, take_channel(history, 2, 1)) {}

  void observe(const Sample& sample) override {
    take_channel(sample, 2, 1, tick_);
    test_.observe(tick_);
  }
  const Evidence& evidence() const override { return test_.evidence(); }

 private:
  RateTest test_;
  GroupTick tick_;
};

RateLimits rate_limits(const Check& check) {
  RateLimits limits;
  limits.max = check.max;
  if (!check.max_increase) return limits;
  if (check.max_increase->kind == Increase::Kind::relative) {
    limits.ratio = 1 + check.max_increase->amount;
    limits.delta = check.ignore_increase_below;
  } else {
    limits.delta = std::max(check.max_increase->amount, check.ignore_increase_below);
  }
  return limits;
}

}  // namespace

void take_channel(const Sample& sample, std::size_t channels, std::size_t bad, GroupTick& out) {
  out.length_s = sample.length_s;
  out.lenient = sample.lenient;
  out.groups.resize(sample.of_baseline.size() / channels);
  for (std::size_t k = 0; k < out.groups.size(); ++k)
    out.groups[k] = {sample.of_baseline[k * channels], sample.of_baseline[k * channels + bad]};
  out.canary = {sample.of_canary[0], sample.of_canary[bad]};
}

std::vector<GroupTick> take_channel(const std::vector<Sample>& samples, std::size_t channels,
                                    std::size_t bad) {
  std::vector<GroupTick> ticks(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) take_channel(samples[i], channels, bad, ticks[i]);
  return ticks;
}

std::unique_ptr<CheckTest> make_rate_check_test(const Check& check, const TestOptions& options,
                                                std::size_t groups, const std::vector<Sample>& history) {
  return std::make_unique<RateCheckTest>(rate_limits(check), options, groups, history);
}

std::unique_ptr<CheckTest> make_check_test(const Check& check, const TestOptions& options, std::size_t groups,
                                           const std::vector<Sample>& history) {
  switch (check.kind) {
    case CheckKind::latency: return make_latency_check_test(check, options, groups, history);
    case CheckKind::gauge: return make_gauge_check_test(check, options, groups, history);
    default: return make_rate_check_test(check, options, groups, history);
  }
}

}  // namespace davy::judge
