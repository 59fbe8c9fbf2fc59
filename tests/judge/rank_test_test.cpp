// The rank test against the numbers that Kayenta prints, and against its known weak spots.

#include "judge/mann_whitney/rank_test.hpp"

#include "judge/stats/location_bound.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <random>
#include <string>

namespace davy::judge {
namespace {

using Values = std::vector<double>;

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Equal to the last digit that was printed, of sixteen.
bool prints_as(double value, double printed) {
  return std::fabs(value - printed) <= 1e-15 * std::fabs(printed);
}

Values repeated(std::size_t n, double value, std::size_t m = 0, double other = 0) {
  Values values(n, value);
  values.insert(values.end(), m, other);
  return values;
}

std::string class_of(const Values& canary, const Values& baseline, const RankTest& test = {}) {
  return std::string(to_text(classify(test, canary, baseline).rank_class));
}

Values lognormal(std::mt19937_64& random, std::size_t n, double scale) {
  Values values;
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;  // of twelve uniforms: near enough to a normal, and the same with every library
    for (int k = 0; k < 12; ++k) sum += static_cast<double>(random() >> 11) * 0x1p-53;
    values.push_back(scale * std::exp((sum - 6) / 2));
  }
  return values;
}

}  // namespace

TEST_CASE("seven minutes of ten at a hundredfold pass as Kayenta printed it in its issue 6278") {
  const RankResult result = classify({}, repeated(7, 100, 3, 1), repeated(10, 1));
  REQUIRE(result.shift);
  CHECK(prints_as(result.shift->lower, 6.825022991538781E-5));
  CHECK(prints_as(result.shift->estimate, 98.99992904170193));
  CHECK(result.shift->upper == 99.0);
  CHECK(prints_as(0.25 * result.shift->estimate, 24.749982260425483));
  CHECK(prints_as(*result.effect, 70.3));
  CHECK(result.rank_class == RankClass::pass);
}

TEST_CASE("eight minutes of ten at a hundredfold are High") {
  const RankResult result = classify({}, repeated(8, 100, 2, 1), repeated(10, 1));
  REQUIRE(result.shift);
  CHECK(result.shift->lower == doctest::Approx(98.99993).epsilon(1e-7));
  CHECK(result.shift->estimate == 99.0);
  CHECK(result.rank_class == RankClass::high);
}

TEST_CASE("values that interleave pass as in issue 780") {
  const Values canary{10, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 17, 17.1, 17.2, 17.3, 17.4, 17.5, 17.6, 17.7};
  const Values baseline{1, 100, 4, 101, 5, 102, 6, 103, 7, 104, 8, 105, 9, 106, 17};
  const RankResult result = classify({}, canary, baseline);
  REQUIRE(result.shift);
  CHECK(result.shift->lower == doctest::Approx(-88.40).epsilon(1e-4));
  CHECK(result.shift->upper == doctest::Approx(8.70).epsilon(1e-4));
  CHECK(result.shift->estimate == doctest::Approx(-1.777).epsilon(2e-4));
  CHECK(result.rank_class == RankClass::pass);
}

TEST_CASE("few errors against none are High with no ratio as in issue 799") {
  const RankResult result = classify({}, {1, 4, 2, 3, 1}, repeated(5, 0));
  REQUIRE(result.shift);
  CHECK(result.shift->lower == 1);
  CHECK(result.shift->upper == 4);
  CHECK_FALSE(result.effect);
  CHECK(result.rank_class == RankClass::high);
}

TEST_CASE("errors in half of the minutes against none pass as in issue 426") {
  const RankResult result = classify({}, {0, 1, 2, 1, 0, 0}, repeated(6, 0));
  REQUIRE(result.shift);
  CHECK(result.shift->lower == 0);
  CHECK(result.rank_class == RankClass::pass);
}

TEST_CASE("what cannot be computed never passes") {
  CHECK(class_of({}, {1, 2, 3}) == "Nodata");
  CHECK(class_of({1, 2, 3}, {}) == "Nodata");
  CHECK(class_of({nan, nan, nan}, {1, 2, 3}) == "Nodata");
  CHECK(class_of({inf, 2, 3}, {1, 2, 3}) == "undecidable");
  CHECK(class_of({1, 2, 3}, {-inf, 2, 3}) == "undecidable");
  CHECK(class_of({1.7e308, 1e308, 1.2e308}, {-1.7e308, -1e308, -1.2e308}) == "undecidable");
  CHECK(class_of(repeated(3, 1.7e308), repeated(3, -1.7e308)) == "undecidable");
  RankTest zeros;
  zeros.nan_strategy = RankTest::NanStrategy::replace;
  CHECK(class_of({}, {1, 2, 3}, zeros) == "Nodata");
  CHECK(class_of({nan, 0, nan}, {0, nan, 0}, zeros) == "Pass");
}

TEST_CASE("two constant sides are compared as they are and give the same answer every time") {
  const RankResult result = classify({}, repeated(5, 10), repeated(5, 1));
  REQUIRE(result.shift);
  CHECK(result.shift->lower == 9);
  CHECK(result.shift->upper == 9);
  CHECK(result.rank_class == RankClass::high);
  CHECK(class_of(repeated(5, 1), repeated(5, 10)) == "Low");
  CHECK(class_of(repeated(5, 1), repeated(3, 1)) == "Pass");
}

TEST_CASE("a direction and an allowed change narrow what is reported") {
  const Values low{1, 2.2, 1.1, 2.5, 3};
  const Values high{20, 22, 21, 25, 30};
  RankTest test;
  test.direction = RankTest::Direction::decrease;
  CHECK(class_of(high, low, test) == "Pass");
  CHECK(class_of(low, high, test) == "Low");
  test.direction = RankTest::Direction::increase;
  CHECK(class_of(high, low, test) == "High");
  test.allowed_increase = 12.1;  // the means' ratio is 118 / 9.8 = 12.04
  CHECK(class_of(high, low, test) == "Pass");
  test.allowed_increase = 12;
  CHECK(class_of(high, low, test) == "High");
  test.effect = RankTest::Effect::cles;
  test.allowed_increase = 1;
  CHECK(class_of(high, low, test) == "High");
  CHECK(cles(high, low) == 1);
  CHECK(cles({{1, 2, 3}}, {{2, 2, 2}}) == 0.5);
}

TEST_CASE("percentiles and outliers are those of R") {
  const Values sorted{1, 2, 3, 4};
  CHECK(percentile(sorted, 0.25) == 1.75);
  CHECK(percentile(sorted, 0.5) == 2.5);
  CHECK(percentile(sorted, 1) == 4);
  Values values(200, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i % 10);
  values[17] = 1000;
  const Values kept = without_outliers(values, 3);
  CHECK(kept.size() == 199);
  CHECK(std::count(kept.begin(), kept.end(), 1000.0) == 0);
  // Of a few values the highest is within the 99th percentile's reach only when it is not interpolated away.
  CHECK(without_outliers({1, 1, 1, 1, 10}, 3).size() == 4);
}

TEST_CASE("the order of the points changes nothing") {
  std::mt19937_64 random(1);
  for (std::size_t round = 0; round < 200; ++round) {
    Values canary = lognormal(random, 3 + round % 17, 3);
    Values baseline = lognormal(random, 3 + round % 13, 2);
    const RankResult before = classify({}, canary, baseline);
    std::shuffle(canary.begin(), canary.end(), random);
    std::shuffle(baseline.begin(), baseline.end(), random);
    const RankResult after = classify({}, canary, baseline);
    REQUIRE(before.shift);
    CHECK(after.shift->lower == before.shift->lower);
    CHECK(after.shift->estimate == before.shift->estimate);
    CHECK(after.shift->upper == before.shift->upper);
    CHECK(after.rank_class == before.rank_class);
  }
}

TEST_CASE("scaling both sides scales the shift and moving one side moves it") {
  std::mt19937_64 random(2);
  for (std::size_t round = 0; round < 200; ++round) {
    const Values canary = lognormal(random, 3 + round % 17, 30);
    const Values baseline = lognormal(random, 3 + round % 13, 20);
    Values scaled_canary = canary;
    Values scaled_baseline = baseline;
    Values moved_canary = canary;
    for (double& value : scaled_canary) value *= 7;
    for (double& value : scaled_baseline) value *= 7;
    for (double& value : moved_canary) value += 5;
    const auto plain = shift_interval(canary, baseline, 0.01);
    const auto scaled = shift_interval(scaled_canary, scaled_baseline, 0.01);
    const auto moved = shift_interval(moved_canary, baseline, 0.01);
    REQUIRE((plain && scaled && moved));
    for (double Shift::*const end : {&Shift::lower, &Shift::upper}) {
      CHECK(std::fabs(*scaled.*end - 7 * (*plain.*end)) <= 8 * root_tolerance);
      CHECK(std::fabs(*moved.*end - 5 - *plain.*end) <= 2 * root_tolerance);
    }
    // The estimate is any point of the step on which the statistic is zero, where there is one.
    for (const double estimate : {plain->estimate, scaled->estimate / 7, moved->estimate - 5}) {
      CHECK(*rank_statistic(canary, baseline, estimate - root_tolerance, 0) >= 0);
      CHECK(*rank_statistic(canary, baseline, estimate + root_tolerance, 0) <= 0);
    }
    CHECK(plain->lower <= plain->estimate + root_tolerance);
    CHECK(plain->estimate <= plain->upper + root_tolerance);
  }
}

TEST_CASE("the interval covers the true shift about as often as it says") {
  std::mt19937_64 random(3);
  int outside = 0;
  constexpr int rounds = 4000;
  for (int round = 0; round < rounds; ++round) {
    const Values canary = lognormal(random, 12, 100);
    const Values baseline = lognormal(random, 12, 100);
    const auto shift = shift_interval(canary, baseline, 0.01);
    if (shift->lower > 0 || shift->upper < 0) ++outside;
  }
  // 2% at most, and 4 standard errors of the simulation.
  CHECK(outside <= rounds * 0.02 + 4 * std::sqrt(rounds * 0.02 * 0.98));
  CHECK(outside >= rounds * 0.005);
}

TEST_CASE("the middle lies above its bound: no signed rank chance is larger than the tail") {
  // The bound is the k-th pairwise mean, and its exact chance to be above the middle is that of a sum of
  // signed ranks below k: counted here over all 2^n signs.
  for (std::size_t n = 1; n <= 40; ++n) {
    Values share(n * (n + 1) / 2 + 1, 0.0);
    share[0] = 1;
    for (std::size_t rank = 1; rank <= n; ++rank) {
      for (std::size_t s = share.size(); s-- > 0;)
        share[s] = (share[s] + (s >= rank ? share[s - rank] : 0)) / 2;
    }
    // Powers of two have pairwise means that all differ, so the bound tells its own place.
    Values values;
    Values means;
    for (std::size_t i = 0; i < n; ++i) values.push_back(std::exp2(static_cast<double>(i)));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = i; j < n; ++j) means.push_back((values[i] + values[j]) / 2);
    }
    std::sort(means.begin(), means.end());
    const auto bound = location_lower_bound(values, 0.02);
    CHECK(bound.has_value() == (n >= 6));
    if (!bound) continue;
    double chance = 0;
    for (std::size_t s = 0; means[s] < *bound; ++s) chance += share[s];
    chance += share[static_cast<std::size_t>(std::find(means.begin(), means.end(), *bound) - means.begin())];
    CHECK(chance <= 0.02);
  }
  CHECK_FALSE(location_lower_bound(repeated(9, 1, 1, inf), 0.02));
}

}  // namespace davy::judge
