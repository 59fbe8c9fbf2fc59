#include "judge/sequential/sampler.hpp"
#include "judge/sequential/survival.hpp"

#include <algorithm>

namespace davy::judge {
namespace {

class LatencySampler final : public Sampler {
 public:
  explicit LatencySampler(const Check& check) : check_(check) {}

  std::size_t channels() const override {
    return 1 + (check_.max_increase ? 2U : 0U) + (check_.max ? 2U : 0U);
  }

  void add(const Window& window, const Tick& tick, MemberGroups& groups, Sample& sample) override {
    follow_edges(window.bounds);
    const std::size_t bins = window.bounds.size();
    observe_baseline(tick, bins);
    find_edges();
    for (std::size_t i = 0; i < tick.baseline.size(); ++i) {
      const MemberTick& member = tick.baseline[i];
      if (!member.present || member.buckets.size() != bins) continue;
      const std::size_t place = channels() * groups.group_of(window.baseline.members[i]);
      add_member(member, &sample.of_baseline[place], true);
    }
    for (const MemberTick& member : tick.canary)
      if (member.present && member.buckets.size() == bins) add_member(member, sample.of_canary.data(), false);
  }

  std::vector<double> memory() const override {
    std::vector<double> out{static_cast<double>(survival_.edges().size())};
    out.insert(out.end(), survival_.edges().begin(), survival_.edges().end());
    const std::vector<double> counts = survival_.memory();
    out.insert(out.end(), counts.begin(), counts.end());
    return out;
  }

  void remember(const std::vector<double>& memory) override {
    if (memory.empty() || !(memory[0] >= 0 && memory[0] <= static_cast<double>(memory.size()))) return;
    const auto edges = static_cast<std::size_t>(memory[0]);
    if (memory.size() != 2 * edges + 2) return;
    const auto end_of_edges = memory.begin() + 1 + static_cast<std::ptrdiff_t>(edges);
    survival_ = Survival({memory.begin() + 1, end_of_edges});
    survival_.remember({end_of_edges, memory.end()});
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  // A side that changes its buckets begins a new memory.
  void follow_edges(const std::vector<double>& bounds) {
    std::vector<double> edges;
    for (const double bound : bounds)
      if (std::isfinite(bound)) edges.push_back(bound);
    if (edges == survival_.edges()) return;
    survival_ = Survival(std::move(edges));
  }

  static void above_edges(const MemberTick& member, std::vector<double>& above) {
    double slower = 0;
    for (std::size_t bin = member.buckets.size(); bin-- > 0;) {
      if (bin < above.size()) above[bin] += slower;
      slower += member.buckets[bin];
    }
  }

  void observe_baseline(const Tick& tick, std::size_t bins) {
    above_.assign(survival_.edges().size(), 0);
    double total = 0;
    for (const MemberTick& member : tick.baseline) {
      if (!member.present || member.buckets.size() != bins) continue;
      above_edges(member, above_);
      total += member.total;
    }
    survival_.observe(above_, total, seconds(tick.length));
  }

  double limit_for(double quantile) const {
    const Increase& increase = *check_.max_increase;
    const double allowed =
        increase.kind == Increase::Kind::relative ? quantile * increase.amount : increase.amount;
    return quantile + std::max(allowed, check_.ignore_increase_below);
  }

  // The observable edges around the limits, as of now.
  void find_edges() {
    const std::vector<double>& edges = survival_.edges();
    beside_ = beyond_ = at_or_over_ = at_or_under_ = none;
    if (edges.empty()) return;
    const auto first_over = [&](double x) {
      return static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), x) - edges.begin());
    };
    if (check_.max_increase && survival_.total() > 0) {
      const double quantile = survival_.quantile(1 - check_.quantile);
      const double limit = limit_for(quantile);
      const std::size_t over = first_over(limit);
      if (over > 0 && limit > 0) {
        beside_ = over - 1;
        taken_back_ = survival_.place(edges[beside_] * quantile / limit);
      }
      if (over < edges.size()) beyond_ = over;
    }
    if (check_.max) {
      const std::size_t over = first_over(*check_.max);
      const bool exact = over > 0 && edges[over - 1] == *check_.max;
      if (exact)
        at_or_over_ = over - 1;
      else if (over < edges.size())
        at_or_over_ = over;
      if (over > 0) at_or_under_ = over - 1;
    }
  }

  void add_member(const MemberTick& member, double* channels, bool baseline) {
    above_.assign(survival_.edges().size(), 0);
    above_edges(member, above_);
    const auto above = [&](std::size_t edge) {
      return edge == none ? 0 : edge == above_.size() ? member.total : above_[edge];
    };
    *channels++ += quantised(member.total);
    if (check_.max_increase) {
      double beside = above(beside_);
      if (baseline && beside_ != none)
        beside = (1 - taken_back_.weight) * above(taken_back_.below) +
                 taken_back_.weight * above(taken_back_.over);
      *channels++ += quantised(beside);
      *channels++ += quantised(above(beyond_));
    }
    if (check_.max) {
      *channels++ += quantised(above(at_or_over_));
      *channels++ += quantised(above(at_or_under_));
    }
  }

  Check check_;
  Survival survival_;
  std::vector<double> above_;
  std::size_t beside_ = none, beyond_ = none, at_or_over_ = none, at_or_under_ = none;
  Survival::Place taken_back_;
};

}  // namespace

std::unique_ptr<Sampler> make_latency_sampler(const Check& check) {
  return std::make_unique<LatencySampler>(check);
}

}  // namespace davy::judge
