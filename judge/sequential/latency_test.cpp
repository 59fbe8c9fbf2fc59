// The sequential test of a latency quantile: on counts of requests above the histogram's own edges.
//
// Relative limit: beside it (at the last edge under the limit) the canary's slow requests are compared with
// the baseline's above that edge taken back to the baseline's scale; beyond it (at the next edge) the canary
// may not have more slow requests than the quantile allows, unless the baseline has them too. Absolute limit:
// the share above the first edge at or over it.

#include "judge/sequential/check_test.hpp"
#include "judge/sequential/log_sum.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace davy::judge {
namespace {

class LatencyTest final : public CheckTest {
 public:
  LatencyTest(const Check& check, const TestOptions& options, std::size_t groups,
              const std::vector<Sample>& history)
      : tail_(1 - check.quantile), channels_(1) {
    RateLimits same_share, tail_share;
    same_share.ratio = 1;
    tail_share.max = tail_;
    // The edges beside and beyond the limit move with the baseline, so a leap of their counts is no outage.
    TestOptions moving = options;
    moving.skip_shared_outages = false;
    const auto make = [&](const RateLimits& limits, const TestOptions& with) {
      return RateTest(limits, with, groups, take_channel(history, count_channels(check), channels_));
    };
    if (check.max_increase) {
      beside_.emplace(make(same_share, moving));
      ++channels_;
      beyond_.emplace(make(tail_share, moving));
      ++channels_;
    }
    if (check.max) {
      absolute_.emplace(make(tail_share, options));
      channels_ += 2;
    }
  }

  void observe(const Sample& sample) override {
    std::size_t channel = 1;
    evidence_.log_inside.reset();
    evidence_.log_relative.reset();
    evidence_.log_absolute.reset();
    if (beside_) channel = observe_relative(sample, channel);
    if (absolute_) observe_absolute(sample, channel);
    combine();
  }
  const Evidence& evidence() const override { return evidence_; }

 private:
  static std::size_t count_channels(const Check& check) {
    return 1 + (check.max_increase ? 2U : 0U) + (check.max ? 2U : 0U);
  }

  void feed(RateTest& test, const Sample& sample, std::size_t channel) {
    take_channel(sample, channels_, channel, tick_);
    // While a release warms up it may be slow.
    if (sample.lenient) tick_.canary = {};
    test.observe(tick_);
  }

  // The most that is known comes from the counts that are compared.
  void describe(const RateTest& test) {
    const std::optional<double> inside = evidence_.log_inside;
    const double most = evidence_.log_evidence_max;
    const std::optional<double> relative = evidence_.log_relative, absolute = evidence_.log_absolute;
    evidence_ = test.evidence();
    evidence_.log_inside = inside;
    evidence_.log_evidence_max = most;
    evidence_.log_relative = relative;
    evidence_.log_absolute = absolute;
    evidence_.ratio.reset();
  }

  void inside(double log) { evidence_.log_inside = std::min(evidence_.log_inside.value_or(log), log); }

  std::size_t observe_relative(const Sample& sample, std::size_t channel) {
    feed(*beside_, sample, channel);
    inside_beside_.push_absolute(tick_.canary, tail_,
                                 inflation(1 + tick_.canary.total * tail_, beside_->phi()));
    feed(*beyond_, sample, channel + 1);
    describe(*beside_);
    // The control need of what is compared holds for both.
    const double scale = beside_->scale();
    evidence_.log_relative =
        log_mean(*beside_->evidence().log_relative, *beyond_->evidence().log_absolute * scale);
    inside(log_mean(*beside_->evidence().log_inside, inside_beside_.log_value() * scale));
    return channel + 2;
  }

  void observe_absolute(const Sample& sample, std::size_t channel) {
    feed(*absolute_, sample, channel);
    if (!beside_) describe(*absolute_);
    evidence_.shared_outage = evidence_.shared_outage || absolute_->evidence().shared_outage;
    evidence_.baseline_over_limit = absolute_->evidence().baseline_over_limit;
    evidence_.log_absolute = absolute_->evidence().log_absolute;
    take_channel(sample, channels_, channel + 1, tick_);
    if (sample.lenient) tick_.canary = {};
    inside_absolute_.push_absolute(tick_.canary, tail_,
                                   inflation(1 + tick_.canary.total * tail_, absolute_->phi()));
    inside(inside_absolute_.log_value() * absolute_->scale());
  }

  void combine() {
    if (evidence_.log_relative && evidence_.log_absolute)
      evidence_.log_evidence = log_mean(*evidence_.log_relative, *evidence_.log_absolute);
    else
      evidence_.log_evidence = evidence_.log_relative ? *evidence_.log_relative : *evidence_.log_absolute;
    evidence_.log_evidence_max = std::max(evidence_.log_evidence_max, evidence_.log_evidence);
  }

  double tail_;
  std::size_t channels_;
  std::optional<RateTest> beside_, beyond_, absolute_;
  ReverseTest inside_beside_, inside_absolute_;
  GroupTick tick_;
  Evidence evidence_;
};

}  // namespace

std::unique_ptr<CheckTest> make_latency_check_test(const Check& check, const TestOptions& options,
                                                   std::size_t groups, const std::vector<Sample>& history) {
  return std::make_unique<LatencyTest>(check, options, groups, history);
}

}  // namespace davy::judge
