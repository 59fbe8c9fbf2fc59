#include "bench/detection/rate_judge.hpp"

#include <cmath>

namespace davy::bench {
namespace {

void take_tick(const Stream& stream, int tick, judge::GroupTick& out) {
  const auto i = static_cast<std::size_t>(tick);
  out.length_s = stream.length_s[i];
  out.canary = {static_cast<double>(stream.canary_n[i]), static_cast<double>(stream.canary_e[i])};
  out.groups.resize(static_cast<std::size_t>(stream.groups));
  for (int k = 0; k < stream.groups; ++k) {
    const std::size_t cell = stream.cell(tick, k);
    out.groups[static_cast<std::size_t>(k)] = {static_cast<double>(stream.n[cell]),
                                               static_cast<double>(stream.e[cell])};
  }
}

class RateJudge final : public Detector {
 public:
  RateJudge(std::string_view name, const RateQuestion& question) : name_(name), question_(question) {}

  std::string_view name() const override { return name_; }

  Detection run(const Stream& stream) override {
    history_.resize(static_cast<std::size_t>(question_.history ? stream.history_ticks : 0));
    for (std::size_t i = 0; i < history_.size(); ++i) take_tick(stream, static_cast<int>(i), history_[i]);
    judge::TestOptions options = question_.options;
    options.window_ticks = stream.window_ticks;
    options.ticks_max = static_cast<std::size_t>(stream.ticks());
    judge::RateTest test(question_.limits, options, static_cast<std::size_t>(stream.groups), history_);
    double at_s = 0;
    for (int tick = stream.history_ticks; tick < stream.ticks(); ++tick) {
      take_tick(stream, tick, tick_);
      test.observe(tick_);
      at_s += tick_.length_s;
      if (question_.fires(test.evidence())) return {true, at_s};
    }
    return {};
  }

 private:
  std::string_view name_;
  RateQuestion question_;
  std::vector<judge::GroupTick> history_;
  judge::GroupTick tick_;
};

}  // namespace

std::function<bool(const judge::Evidence&)> breaches(double alpha) {
  return [needed = -std::log(alpha)](const judge::Evidence& evidence) {
    return evidence.log_evidence >= needed;
  };
}

std::unique_ptr<Detector> make_rate_judge(std::string_view name, const RateQuestion& question) {
  return std::make_unique<RateJudge>(name, question);
}

}  // namespace davy::bench
