#pragma once

// A window of the sequential comparison under construction, tick by tick, and the members' numbers in it.
//
// Ticks before `deployed_at` are history: the canary's numbers in them are ignored.

#include "judge/sequential/sequential.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace davy::judge::testing {

inline Check ratio_check() {
  Check check;
  check.name = "errors";
  check.max = 0.05;
  check.max_increase = Increase{Increase::Kind::relative, 1.0};
  check.ignore_increase_below = 0.005;
  return check;
}

inline Check latency_check() {
  Check check;
  check.name = "latency";
  check.kind = CheckKind::latency;
  check.unit = Unit::seconds;
  check.quantile = 0.99;
  check.max = 1;
  check.max_increase = Increase{Increase::Kind::relative, 0.5};
  return check;
}

inline Check gauge_check() {
  Check check;
  check.name = "memory";
  check.kind = CheckKind::gauge;
  check.unit = Unit::count;
  check.max = 900;
  check.max_increase = Increase{Increase::Kind::relative, 0.3};
  return check;
}

// One member in one tick.
inline MemberTick absent() { return {}; }
inline MemberTick counts(double total, double bad) { return {true, total, bad, 0, {}}; }
inline MemberTick reading(double value) { return {true, 1, 0, value, {}}; }
inline MemberTick histogram(std::vector<double> buckets) {
  double total = 0;
  for (const double n : buckets) total += n;
  return {true, total, 0, 0, std::move(buckets)};
}

// The bounds of histograms of as many buckets, +Inf last.
inline std::vector<double> usual_bounds() {
  return {0.05, 0.1, 0.25, 0.5, 1, 2.5, std::numeric_limits<double>::infinity()};
}

struct StoryShape {
  std::size_t baseline_members = 10;
  int canary_members = 1;
  int history_ticks = 60;
  int window_ticks = 120;
  Duration tick = std::chrono::seconds(5);
};

struct Story {
  explicit Story(Check c = ratio_check(), const StoryShape& s = {})
      : check(std::move(c)), shape(s), comparison(make_sequential(check)) {
    window.check = check.name;
    window.deployed_at = Instant(std::chrono::hours(1));
    window.now = window.deployed_at - shape.tick * shape.history_ticks;
    window.length = shape.tick * shape.window_ticks;
    window.interval = shape.tick;
    if (check.kind == CheckKind::latency) window.bounds = usual_bounds();
    for (int i = 1; i <= shape.canary_members; ++i)
      window.canary.members.push_back("canary-" + std::to_string(i));
    for (std::size_t i = 1; i <= shape.baseline_members; ++i)
      window.baseline.members.push_back("stable-" + std::to_string(i));
    for (SideSight* side : {&window.canary, &window.baseline}) {
      side->targets = side->targets_up = static_cast<int>(side->members.size());
      side->targets_min = 1;
      side->series_found = true;
    }
  }

  Story& tick(std::vector<MemberTick> canary, std::vector<MemberTick> baseline) {
    window.now += shape.tick;
    Tick t;
    t.at = window.now;
    t.length = shape.tick;
    t.judged = window.now > window.deployed_at;
    t.canary = std::move(canary);
    t.baseline = std::move(baseline);
    window.ticks.push_back(std::move(t));
    return *this;
  }

  // Every member of a side alike.
  Story& tick(const MemberTick& canary, const MemberTick& baseline) {
    return tick(std::vector<MemberTick>(window.canary.members.size(), canary),
                std::vector<MemberTick>(window.baseline.members.size(), baseline));
  }
  Story& ticks(int count, const MemberTick& canary, const MemberTick& baseline) {
    for (int i = 0; i < count; ++i) tick(canary, baseline);
    return *this;
  }

  Finding judge() { return comparison->compare(window); }

  Check check;
  StoryShape shape;
  std::unique_ptr<Comparison> comparison;
  Window window;
};

// A breach that Davy would act on.
inline bool accused(const Finding& finding) {
  return finding.outcome == Outcome::breach && !finding.shared_failure;
}

// Independent requests, each bad with the same chance; seeded.
class Requests {
 public:
  explicit Requests(std::uint32_t seed) : engine_(seed) {}
  MemberTick ratio(double mean, double rate) {
    const int total = std::poisson_distribution<int>(mean)(engine_);
    return counts(total, std::binomial_distribution<int>(total, rate)(engine_));
  }
  // Lognormal around `median_s`, in the usual buckets.
  MemberTick latency(double mean, double median_s) {
    std::vector<double> buckets(usual_bounds().size());
    std::lognormal_distribution<double> time(std::log(median_s), 0.7);
    for (int n = std::poisson_distribution<int>(mean)(engine_); n > 0; --n) {
      const double t = time(engine_);
      std::size_t bin = 0;
      while (t > usual_bounds()[bin]) ++bin;
      ++buckets[bin];
    }
    return histogram(std::move(buckets));
  }
  MemberTick gauge(double mean, double deviation) {
    return reading(std::normal_distribution<double>(mean, deviation)(engine_));
  }
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(engine_); }
  std::mt19937& engine() { return engine_; }

 private:
  std::mt19937 engine_;
};

}  // namespace davy::judge::testing
