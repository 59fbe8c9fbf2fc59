#pragma once

// Turns a window's ticks into samples of one kind of check.
//
//   ratio    total, bad
//   latency  total, then for a relative limit: slow beside it (the baseline's above the limit taken back to
//            the baseline's own scale), slow beyond it; for an absolute limit: above the edge at or over it,
//            above the edge at or under it
//   gauge    readings, their sum

#include "core/model/check.hpp"
#include "core/model/window.hpp"
#include "judge/sequential/member_groups.hpp"
#include "judge/sequential/sample.hpp"

#include <memory>
#include <vector>

namespace davy::judge {

class Sampler {
 public:
  virtual ~Sampler() = default;
  virtual std::size_t channels() const = 0;
  // Adds one tick to `sample`, whose vectors have the right sizes.
  virtual void add(const Window& window, const Tick& tick, MemberGroups& groups, Sample& sample) = 0;

  // What it remembers of earlier ticks.
  virtual std::vector<double> memory() const { return {}; }
  virtual void remember(const std::vector<double>&) {}
};

std::unique_ptr<Sampler> make_rate_sampler();
std::unique_ptr<Sampler> make_latency_sampler(const Check& check);
std::unique_ptr<Sampler> make_gauge_sampler();

}  // namespace davy::judge
