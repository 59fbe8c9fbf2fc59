#include "bench/detection/judges.hpp"

#include "judge/sequential/rate_test.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <stdexcept>
#include <string>

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
  RateJudge(std::string_view name, const judge::RateLimits& limits, const judge::TestOptions& options)
      : name_(name), limits_(limits), options_(options), history_(!name.ends_with("cold")) {}

  std::string_view name() const override { return name_; }

  Detection run(const Stream& stream) override {
    history_ticks_.resize(static_cast<std::size_t>(history_ ? stream.history_ticks : 0));
    for (std::size_t i = 0; i < history_ticks_.size(); ++i)
      take_tick(stream, static_cast<int>(i), history_ticks_[i]);
    judge::TestOptions options = options_;
    options.window_ticks = stream.window_ticks;
    options.ticks_max = static_cast<std::size_t>(stream.ticks());
    judge::RateTest test(limits_, options, static_cast<std::size_t>(stream.groups), history_ticks_);
    double at_s = 0;
    for (int tick = stream.history_ticks; tick < stream.ticks(); ++tick) {
      take_tick(stream, tick, tick_);
      test.observe(tick_);
      at_s += tick_.length_s;
      if (test.evidence().log_evidence >= -std::log(options.alpha)) return {true, at_s};
    }
    return {};
  }

 private:
  std::string_view name_;
  judge::RateLimits limits_;
  judge::TestOptions options_;
  bool history_;
  std::vector<judge::GroupTick> history_ticks_;
  judge::GroupTick tick_;
};

}  // namespace

const std::vector<std::string_view>& judge_names() {
  static const std::vector<std::string_view> names{"POL", "REC", "RECcold"};
  return names;
}

std::unique_ptr<Detector> make_judge(std::string_view name) {
  const std::string_view known[] = {"POL", "POLcold", "POLplain", "REC", "RECcold", "RECplain"};
  if (std::find(std::begin(known), std::end(known), name) == std::end(known))
    throw std::invalid_argument(fmt::format("no judge is called {}", name));
  judge::RateLimits limits;
  judge::TestOptions options;
  if (name.starts_with("POL")) {
    limits = {1.5, 0.005, 0.01};
    options.margin = true;
  } else {
    limits.ratio = 1;
  }
  if (name.ends_with("plain"))
    options.leave_out_odd_groups = options.skip_shared_outages = options.trust_margin =
        options.believe_floods = options.heed_differences = false;
  return std::make_unique<RateJudge>(name, limits, options);
}

}  // namespace davy::bench
