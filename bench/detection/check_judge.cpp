#include "bench/detection/check_judge.hpp"

#include "bench/detection/ticks.hpp"
#include "judge/sequential/check_test.hpp"
#include "judge/sequential/sampler.hpp"

#include <cmath>

namespace davy::bench {
namespace {

std::unique_ptr<judge::Sampler> make_sampler(const Check& check) {
  return check.kind == CheckKind::latency ? judge::make_latency_sampler(check) : judge::make_gauge_sampler();
}

template <typename S>
class CheckJudge final : public DetectorOf<S> {
 public:
  CheckJudge(std::string_view name, const Check& check) : name_(name), check_(check) {}

  std::string_view name() const override { return name_; }

  Detection run(const S& stream) override {
    const auto sampler = make_sampler(check_);
    const Window window = empty_window(stream);
    judge::MemberGroups groups(window.baseline.members, 1);
    const auto take = [&](int i, judge::Sample& sample) {
      take_tick(stream, i, tick_);
      sample.length_s = stream.tick_s;
      sample.lenient = i >= stream.history_ticks && !tick_.judged;
      sample.of_baseline.assign(groups.groups() * sampler->channels(), 0);
      sample.of_canary.assign(sampler->channels(), 0);
      if (i < stream.history_ticks) tick_.canary.clear();
      sampler->add(window, tick_, groups, sample);
    };
    history_.resize(static_cast<std::size_t>(stream.history_ticks));
    for (int i = 0; i < stream.history_ticks; ++i) take(i, history_[static_cast<std::size_t>(i)]);
    judge::TestOptions options;
    options.alpha = check_.alpha;
    options.window_ticks = stream.window_ticks;
    options.ticks_max = static_cast<std::size_t>(stream.ticks());
    options.margin = has_margin(check_);
    const auto test = judge::make_check_test(check_, options, groups.groups(), history_);
    for (int i = stream.history_ticks; i < stream.ticks(); ++i) {
      take(i, sample_);
      test->observe(sample_);
      if (test->evidence().log_evidence >= -std::log(options.alpha))
        return {true, (i + 1 - stream.history_ticks) * stream.tick_s};
    }
    return {};
  }

 private:
  std::string_view name_;
  Check check_;
  std::vector<judge::Sample> history_;
  judge::Sample sample_;
  Tick tick_;
};

}  // namespace

Check p99_check(double tolerance) {
  Check check;
  check.kind = CheckKind::latency;
  check.unit = Unit::seconds;
  check.quantile = 0.99;
  check.max_increase = Increase{Increase::Kind::relative, tolerance - 1};
  return check;
}

Check gauge_check(double max_increase) {
  Check check;
  check.kind = CheckKind::gauge;
  check.max_increase = Increase{Increase::Kind::relative, max_increase};
  return check;
}

std::unique_ptr<DetectorOf<LatencyStream>> make_latency_judge(std::string_view name, const Check& check) {
  return std::make_unique<CheckJudge<LatencyStream>>(name, check);
}

std::unique_ptr<DetectorOf<GaugeStream>> make_gauge_judge(std::string_view name, const Check& check) {
  return std::make_unique<CheckJudge<GaugeStream>>(name, check);
}

}  // namespace davy::bench
