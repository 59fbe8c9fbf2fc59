#pragma once

// How slow the baseline is: its decayed histogram as a survival function, read between the buckets' edges.

#include <span>
#include <vector>

namespace davy::judge {

class Survival {
 public:
  // Starts over: `edges` are the finite upper bounds in seconds, ascending.
  explicit Survival(std::vector<double> edges = {});

  // One tick: `above` are the requests slower than each edge, out of `total`.
  void observe(std::span<const double> above, double total, double tick_s);

  const std::vector<double>& edges() const { return edges_; }
  double total() const { return total_; }

  // The latency that a share `tail` of the requests exceeds: between two edges a straight line in log-log.
  // The last edge where that is not far enough. There must be requests and an edge.
  double quantile(double tail) const;

  // Where between the edges around `x` its survival lies: requests slower than x are estimated as
  // (1 - weight) * (above the edge below, or all where `below` is edges().size()) + weight * (above the edge
  // over it). Errs on the side of more slow requests.
  struct Place {
    std::size_t below = 0, over = 0;
    double weight = 0;
  };
  Place place(double x) const;

  std::vector<double> memory() const;  // total, then above every edge
  void remember(const std::vector<double>& memory);

 private:
  double log_edge(std::size_t i) const;

  std::vector<double> edges_;
  std::vector<double> above_;
  double total_ = 0;
};

}  // namespace davy::judge
