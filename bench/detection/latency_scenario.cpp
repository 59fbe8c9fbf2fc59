#include "bench/detection/latency_scenario.hpp"

#include <cmath>
#include <initializer_list>
#include <utility>

namespace davy::bench {
namespace {

constexpr double sqrt2 = 1.41421356237309504880;

constexpr auto distributions = {Distribution::bimodal, Distribution::lognormal};
constexpr auto buckets_kinds = {Buckets::prometheus, Buckets::fine};

double lognormal_survival(double x, double median, double sigma) {
  return 0.5 * std::erfc(std::log(x / median) / (sigma * sqrt2));
}

class LatencyList {
 public:
  void add(LatencyScenario scenario, std::initializer_list<double> rates) {
    for (const double rps : rates) {
      scenario.id = static_cast<int>(scenarios_.size()) + 1;
      scenario.rps = rps;
      scenarios_.push_back(scenario);
    }
  }

  // Every distribution with every kind of buckets.
  void add_all(LatencyScenario scenario, auto add_one) {
    for (const Distribution distribution : distributions) {
      for (const Buckets buckets : buckets_kinds) {
        scenario.distribution = distribution;
        scenario.buckets = buckets;
        add_one(scenario);
      }
    }
  }

  std::vector<LatencyScenario> take() { return std::move(scenarios_); }

 private:
  std::vector<LatencyScenario> scenarios_;
};

LatencyScenario tolerating(double tolerance, double shift) {
  LatencyScenario scenario;
  scenario.tolerance = tolerance;
  scenario.shift = shift;
  return scenario;
}

void add_within_tolerance(LatencyList& list) {
  using enum LatencyCondition;
  for (const double tolerance : {1.0, 1.2}) {
    list.add_all(tolerating(tolerance, 1), [&](LatencyScenario scenario) {
      for (const LatencyCondition condition : {hetero, iid, pause, shock, warm_up}) {
        scenario.condition = condition;
        if (condition == iid || scenario.buckets == Buckets::prometheus)
          list.add(scenario, {5, 50, 500});
        else
          list.add(scenario, {5, 500});
      }
    });
  }
  list.add_all(tolerating(1.2, 1.2), [&](const LatencyScenario& scenario) {
    list.add(scenario, {5, 50, 500});
  });
}

void add_slower(LatencyList& list, double tolerance, const std::vector<double>& shifts) {
  list.add_all(tolerating(tolerance, 1), [&](LatencyScenario scenario) {
    for (const double shift : shifts) {
      scenario.shift = shift;
      list.add(scenario, {0.5, 5, 50, 500});
    }
  });
}

}  // namespace

std::vector<LatencyScenario> latency_scenarios() {
  LatencyList list;
  add_within_tolerance(list);
  add_slower(list, 1, {1.2, 1.5, 2});
  add_slower(list, 1.2, {1.5, 2});
  return list.take();
}

std::uint64_t seed_of(const LatencyScenario& scenario, int run) {
  return std::uint64_t{7000003} * static_cast<std::uint64_t>(scenario.id) + static_cast<std::uint64_t>(run);
}

std::vector<double> edges_of(Buckets buckets) {
  if (buckets == Buckets::prometheus) return {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
  std::vector<double> edges;
  for (double edge = 0.005; edge < 10; edge *= 1.2) edges.push_back(edge);
  return edges;
}

double survival(Distribution distribution, double seconds) {
  if (distribution == Distribution::lognormal) return lognormal_survival(seconds, 0.050, 0.8);
  return 0.97 * lognormal_survival(seconds, 0.020, 0.5) + 0.03 * lognormal_survival(seconds, 0.300, 0.4);
}

std::string_view name_of(Distribution distribution) {
  return distribution == Distribution::bimodal ? "bimodal" : "lognormal";
}

std::string_view name_of(Buckets buckets) { return buckets == Buckets::prometheus ? "prom" : "x1.2"; }

std::string_view name_of(LatencyCondition condition) {
  switch (condition) {
    case LatencyCondition::hetero: return "hetero10%";
    case LatencyCondition::iid: return "iid";
    case LatencyCondition::pause: return "pause";
    case LatencyCondition::shock: return "shock x3";
    case LatencyCondition::warm_up: return "warmup x1.5";
  }
  return "";
}

}  // namespace davy::bench
