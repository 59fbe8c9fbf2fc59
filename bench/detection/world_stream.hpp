#pragma once

// Fills a Stream with run r of a world. One object serves all runs of its cell.
//
// The order of draws is part of the worlds. Before the first tick:
//   jitter: for every scrape between two ticks, history first, whether it is missed and how early or late it
//   is, both uniform; the scrapes at the deploy and at both ends are in time;
//   share_jump: the moment, uniform between 120 and 480 s;
//   then pod by pod, the canary first: members_differ: a normal; slow_wander: a uniform for the memory and a
//   normal; endpoint_mix: four normals; staggered_outage: a uniform for the delay.
// Then tick by tick and pod by pod, the canary first: the fresh normals of slow_wander (1) and endpoint_mix
// (4), for a canary not yet deployed too; its requests; its errors.
// A change inside a tick counts for its part of the tick.

#include "bench/detection/random.hpp"
#include "bench/detection/stream.hpp"
#include "bench/detection/worlds.hpp"

#include <array>
#include <vector>

namespace davy::bench {

class WorldStream {
 public:
  explicit WorldStream(const WorldScenario& scenario);

  const WorldScenario& scenario() const { return scenario_; }
  void fill(int run, Stream& stream);

 private:
  struct Pod {
    double multiplier = 1;
    double memory_s = 0;             // slow_wander
    double wander = 0;               // in the log of the rate
    std::array<double, 4> mix = {};  // endpoint_mix: the log of each endpoint's weight, up to a constant
    double outage_at_s = 0;          // staggered_outage
    double expected_offspring = 0;   // self_exciting: errors still to come of those that were
  };
  struct Tick {
    double start_s = 0;
    double length_s = 0;
  };

  void lay_out_ticks(Random& random, Stream& stream);
  // Appends ticks that end where their scrapes were and returns how many there are.
  int append_ticks(Random& random, int scrapes);
  void set_up(Random& random);
  void advance(Random& random, Pod& pod, double length_s) const;
  double request_rate(const Tick& tick, int pod) const;
  double error_rate(const Tick& tick, int pod) const;
  int draw_errors(Random& random, const Tick& tick, int pod, int requests);
  int draw_self_exciting(Random& random, const Tick& tick, Pod& pod, double immigrants, int requests) const;

  WorldScenario scenario_;
  double jump_at_s_ = 0;
  std::vector<Pod> pods_;  // the canary first
  std::vector<double> lengths_;
};

}  // namespace davy::bench
