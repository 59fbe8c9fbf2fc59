#pragma once

// Fills a Stream with run r of a scenario: the benchmark's streams, bit for bit (detection_benchmark.md,
// section 2). One object serves all runs of its scenario and allocates only in the first.

#include "bench/detection/random.hpp"
#include "bench/detection/scenario.hpp"
#include "bench/detection/stream.hpp"

namespace davy::bench {

class ErrorStream {
 public:
  explicit ErrorStream(const Scenario& scenario);

  const Scenario& scenario() const { return scenario_; }
  void fill(int run, Stream& stream);

 private:
  struct Pod {
    double multiplier = 1;   // hetero
    double wander = 0;       // ar1, in the log of the rate
    double outage_at_s = 0;  // blip
    bool has_outage = false;
  };

  void set_up(Random& random);
  double request_rate(int tick, double t, int pod) const;
  double error_rate(double t, int pod) const;
  int draw_errors(Random& random, int requests, double error_rate) const;

  Scenario scenario_;
  std::vector<Pod> pods_;  // the canary first
};

}  // namespace davy::bench
