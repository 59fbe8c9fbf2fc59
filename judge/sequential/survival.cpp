#include "judge/sequential/survival.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace davy::judge {
namespace {

constexpr double memory_s = 120;
// An edge nobody has exceeded counts as exceeded by half a request.
constexpr double nobody = 0.5;

struct Point {
  double x, y;
};

// The parabola through three points (Lagrange), at x.
double parabola(Point a, Point b, Point c, double x) {
  return a.y * (x - b.x) * (x - c.x) / ((a.x - b.x) * (a.x - c.x)) +
         b.y * (x - a.x) * (x - c.x) / ((b.x - a.x) * (b.x - c.x)) +
         c.y * (x - a.x) * (x - b.x) / ((c.x - a.x) * (c.x - b.x));
}

}  // namespace

Survival::Survival(std::vector<double> edges) : edges_(std::move(edges)), above_(edges_.size()) {}

void Survival::observe(std::span<const double> above, double total, double tick_s) {
  const double keep = std::exp(-tick_s / memory_s);
  total_ = total_ * keep + total;
  for (std::size_t i = 0; i < above_.size(); ++i) above_[i] = above_[i] * keep + above[i];
}

double Survival::log_edge(std::size_t i) const { return std::log(edges_[i]); }

double Survival::quantile(double tail) const {
  const double wanted = tail * total_;
  std::size_t over = 0;
  while (over < edges_.size() && above_[over] >= wanted) ++over;
  if (over == edges_.size()) return edges_.back();
  if (over == 0 || !(edges_[over - 1] > 0)) {
    // Below the first edge: a straight line from zero, where everybody is slower.
    const double low = over == 0 ? 0 : edges_[over - 1];
    const double at_low = over == 0 ? total_ : above_[over - 1];
    return low + (edges_[over] - low) * (at_low - wanted) / (at_low - above_[over]);
  }
  const double high = std::log(above_[over - 1]);
  const double low = std::log(std::max(above_[over], nobody));
  if (!(high > low)) return edges_[over];
  const double share = std::min(1.0, (high - std::log(wanted)) / (high - low));
  return std::exp(log_edge(over - 1) + share * (log_edge(over) - log_edge(over - 1)));
}

Survival::Place Survival::place(double x) const {
  const std::size_t all = edges_.size();
  Place place;
  const auto over =
      static_cast<std::size_t>(std::upper_bound(edges_.begin(), edges_.end(), x) - edges_.begin());
  if (over == all) return {all - 1, all - 1, 0};
  place.over = over;
  place.below = over == 0 ? all : over - 1;
  const double a = over == 0 ? 0 : edges_[over - 1], b = edges_[over];
  const double above_a = over == 0 ? total_ : above_[over - 1], above_b = above_[over];
  if (x <= a || !(above_a > above_b)) return place;
  if (!(a > 0) || !(above_b > 0)) {
    const double share = a > 0 ? std::log(x / a) / std::log(b / a) : (x - a) / (b - a);
    place.weight = share;
    return place;
  }
  const Point left{std::log(a), std::log(above_a)}, right{std::log(b), std::log(above_b)};
  const double at = std::log(x), share = (at - left.x) / (right.x - left.x);
  double log_above = left.y + share * (right.y - left.y);
  if (over >= 2 && edges_[over - 2] > 0 && above_[over - 2] > 0)
    log_above =
        std::max(log_above, parabola({log_edge(over - 2), std::log(above_[over - 2])}, left, right, at));
  if (over + 1 < all && above_[over + 1] > 0)
    log_above =
        std::max(log_above, parabola(left, right, {log_edge(over + 1), std::log(above_[over + 1])}, at));
  const double straight = above_a + share * (above_b - above_a);
  const double above = std::min(straight, std::exp(log_above));
  place.weight = std::clamp((above_a - above) / (above_a - above_b), 0.0, 1.0);
  return place;
}

std::vector<double> Survival::memory() const {
  std::vector<double> out{total_};
  out.insert(out.end(), above_.begin(), above_.end());
  return out;
}

void Survival::remember(const std::vector<double>& memory) {
  if (memory.size() != above_.size() + 1) return;
  total_ = memory[0];
  std::copy(memory.begin() + 1, memory.end(), above_.begin());
}

}  // namespace davy::judge
