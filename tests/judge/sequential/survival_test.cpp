// The baseline's survival function between the edges of its buckets.

#include "judge/sequential/survival.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace davy::judge {
namespace {

// Of 1,000,000 requests the share (x / 10ms)^-k is slower than x.
Survival power_law(double k, const std::vector<double>& edges) {
  Survival survival(edges);
  std::vector<double> above;
  for (const double edge : edges) above.push_back(1e6 * std::pow(edge / 0.01, -k));
  survival.observe(above, 1e6, 5);
  return survival;
}

const std::vector<double> edges{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1};

}  // namespace

TEST_CASE("a power law's quantiles are exact between edges of any width") {
  for (const double k : {0.5, 1.0, 1.5}) {
    const Survival survival = power_law(k, edges);
    for (const double x : {0.013, 0.03, 0.1, 0.2, 0.7}) {
      CAPTURE(k);
      CAPTURE(x);
      CHECK(survival.quantile(std::pow(x / 0.01, -k)) == doctest::Approx(x));
    }
  }
}

TEST_CASE(
    "a quantile beyond the last edge is the last edge and one below the first lies on a line from zero") {
  Survival survival(edges);
  survival.observe(std::vector<double>{60, 50, 40, 30, 20, 10, 5}, 100, 5);
  CHECK(survival.quantile(0.01) == 1);
  CHECK(survival.quantile(0.8) == doctest::Approx(0.005));
}

TEST_CASE("an edge nobody has exceeded still bounds the quantile") {
  Survival survival(edges);
  survival.observe(std::vector<double>{1000, 1000, 500, 0, 0, 0, 0}, 1000, 5);
  const double p99 = survival.quantile(0.01);
  CHECK(p99 > 0.05);
  CHECK(p99 < 0.1);
}

TEST_CASE("requests slower than a point are never estimated as fewer than a power law says") {
  const Survival survival = power_law(1.2, edges);
  for (double x = 0.011; x < 1; x *= 1.07) {
    const Survival::Place place = survival.place(x);
    CAPTURE(x);
    REQUIRE(place.over < edges.size());
    REQUIRE(place.below + 1 == place.over);
    const auto above = [&](std::size_t i) { return 1e6 * std::pow(edges[i] / 0.01, -1.2); };
    const double estimate = (1 - place.weight) * above(place.below) + place.weight * above(place.over);
    CHECK(estimate >= 1e6 * std::pow(x / 0.01, -1.2) * (1 - 1e-9));
    CHECK(estimate <= above(place.below));
  }
}

TEST_CASE("at an edge the place is that edge and below the first edge everybody is behind it") {
  const Survival survival = power_law(1, edges);
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const Survival::Place place = survival.place(edges[i]);
    CHECK(place.below == i);
    CHECK(place.weight == 0);
  }
  CHECK(survival.place(0.001).below == edges.size());
  CHECK(survival.place(0.001).over == 0);
  CHECK(survival.place(5).below == edges.size() - 1);
}

TEST_CASE("whatever the counts a place lies between its edges") {
  CHECK(rc::check([](const std::vector<std::uint16_t>& bins) {
    RC_PRE(bins.size() >= 2U && bins.size() <= 12U);
    std::vector<double> bounds, above(bins.size() - 1);
    for (std::size_t i = 0; i < above.size(); ++i) bounds.push_back(0.01 * static_cast<double>(i * i + 1));
    double slower = 0;
    for (std::size_t i = bins.size(); i-- > 1;) above[i - 1] = slower += bins[i];
    Survival survival(bounds);
    survival.observe(above, slower + bins[0], 5);
    for (double x = 0.001; x < 2; x *= 1.3) {
      const Survival::Place place = survival.place(x);
      RC_ASSERT(place.weight >= 0);
      RC_ASSERT(place.weight <= 1);
      RC_ASSERT(place.over < bounds.size());
      RC_ASSERT(place.below <= bounds.size());
    }
  }));
}

TEST_CASE("old requests are forgotten with a time constant of two minutes") {
  Survival survival({1});
  survival.observe(std::vector<double>{1000}, 1000, 5);
  survival.observe(std::vector<double>{0}, 0, 120);
  CHECK(survival.total() == doctest::Approx(1000 / std::exp(1)));
}

TEST_CASE("a survival's memory makes another one like it and a wrong memory changes nothing") {
  const Survival survival = power_law(1, edges);
  Survival other(edges);
  other.remember({1, 2});
  CHECK(other.total() == 0);
  other.remember(survival.memory());
  CHECK(other.memory() == survival.memory());
  CHECK(other.quantile(0.05) == survival.quantile(0.05));
}

}  // namespace davy::judge
