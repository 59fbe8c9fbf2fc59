// The samplers of ratios and gauges.

#include "judge/sequential/sampler.hpp"

#include <algorithm>

namespace davy::judge {
namespace {

class RateSampler final : public Sampler {
 public:
  std::size_t channels() const override { return 2; }
  void add(const Window& window, const Tick& tick, MemberGroups& groups, Sample& sample) override {
    for (std::size_t i = 0; i < tick.baseline.size(); ++i) {
      if (!tick.baseline[i].present) continue;
      const std::size_t place = 2 * groups.group_of(window.baseline.members[i]);
      add(tick.baseline[i], &sample.of_baseline[place]);
    }
    for (const MemberTick& member : tick.canary)
      if (member.present) add(member, sample.of_canary.data());
  }

 private:
  static void add(const MemberTick& member, double* channels) {
    channels[0] += quantised(member.total);
    channels[1] += quantised(std::min(member.bad, member.total));
  }
};

class GaugeSampler final : public Sampler {
 public:
  std::size_t channels() const override { return 2; }
  void add(const Window& window, const Tick& tick, MemberGroups& groups, Sample& sample) override {
    for (std::size_t i = 0; i < tick.baseline.size(); ++i) {
      const MemberTick& member = tick.baseline[i];
      if (!member.present || !(member.total > 0) || !std::isfinite(member.value)) continue;
      const std::size_t place = 2 * groups.group_of(window.baseline.members[i]);
      sample.of_baseline[place] += 1;
      sample.of_baseline[place + 1] += member.value;
    }
    for (const MemberTick& member : tick.canary) {
      if (!member.present || !(member.total > 0) || !std::isfinite(member.value)) continue;
      sample.of_canary[0] += 1;
      sample.of_canary[1] += member.value;
    }
  }
};

}  // namespace

std::unique_ptr<Sampler> make_rate_sampler() { return std::make_unique<RateSampler>(); }
std::unique_ptr<Sampler> make_gauge_sampler() { return std::make_unique<GaugeSampler>(); }

}  // namespace davy::judge
