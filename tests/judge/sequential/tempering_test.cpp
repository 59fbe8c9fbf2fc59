// What makes the test safe under bursts: more dispersion never gives more evidence.

#include "judge/sequential/dispersion.hpp"
#include "judge/sequential/evidence_log.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <random>
#include <rapidcheck.h>

namespace davy::judge {
namespace {

constexpr double no_cap = 1e300;

Effects log_ratios_of(const Counts& canary, const Counts& baseline) {
  Effects out{};
  relative_log_ratios(canary, baseline, 1, out);
  return out;
}

// One tick's tempered evidence for the largest effect on trial, as the mixture takes it.
double tempered(double log_ratio, double events, double cap, double phi) {
  return std::min(log_ratio / inflation(events, phi), cap);
}

}  // namespace

TEST_CASE("inflation is 1 for a single event and grows with phi and with the events up to phi") {
  for (const double events : {0.0, 0.5, 1.0}) CHECK(inflation(events, 50) == 1);
  for (const double phi : {1.0, 1.5, 4.0, 100.0}) {
    CHECK(inflation(1e12, phi) == doctest::Approx(phi));
    for (double events = 1; events < 1e6; events *= 3) {
      CHECK(inflation(events, phi) >= 1);
      CHECK(inflation(3 * events, phi) >= inflation(events, phi));
      CHECK(inflation(events, phi * 1.05) >= inflation(events, phi));
    }
  }
}

TEST_CASE("of a tick's positive evidence more dispersion never leaves more") {
  // Exactly: for every effect whose log ratio is positive, q = min(log ratio / infl(events, phi), cap) does
  // not grow with phi. A negative log ratio shrinks towards zero instead: it is believed less, too.
  CHECK(rc::check([](std::uint16_t canary_bad, std::uint16_t baseline_bad, std::uint16_t more) {
    const Counts canary{1000.0 + canary_bad, static_cast<double>(canary_bad)};
    const Counts baseline{5000.0 + baseline_bad, static_cast<double>(baseline_bad)};
    const double events = canary.bad + baseline.bad, phi = 1 + more / 1000.0;
    for (const double log_ratio : log_ratios_of(canary, baseline)) {
      const double before = tempered(log_ratio, events, 5, phi);
      const double after = tempered(log_ratio, events, 5, phi * 1.3);
      RC_ASSERT((log_ratio > 0 ? after <= before : after >= before));
    }
  }));
}

TEST_CASE("a test whose every tick is positive for every effect gives less evidence the larger phi is") {
  // Errors on the canary alone, so that all twelve log ratios are positive.
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    std::mt19937 engine(seed);
    std::uniform_int_distribution<int> errors(1, 40);
    std::vector<double> bad;
    for (int i = 0; i < 30; ++i) bad.push_back(errors(engine));
    double before = no_cap;
    for (double phi = 1; phi < 60; phi *= 1.4) {
      WeighedTest test(60, 60);
      for (const double n : bad) {
        const Effects log_ratios = log_ratios_of({1000, n}, {10000, 0});
        for (const double log_ratio : log_ratios) REQUIRE(log_ratio >= 0);
        test.push(log_ratios, n, no_cap, phi);
      }
      CAPTURE(seed);
      CAPTURE(phi);
      CHECK(test.log_value() <= before);
      before = test.log_value();
    }
  }
}

TEST_CASE("a lower cap never gives more evidence") {
  std::mt19937 engine(1);
  std::poisson_distribution<int> canary(8), baseline(20);
  std::vector<std::pair<double, double>> bad;
  for (int i = 0; i < 30; ++i) bad.emplace_back(canary(engine), baseline(engine));
  double before = -no_cap;
  for (double cap = 0.1; cap < 100; cap *= 1.5) {
    WeighedTest test(60, 60);
    for (const auto& [c, b] : bad) test.push(log_ratios_of({500, c}, {5000, b}), c + b, cap, 1.5);
    CHECK(test.log_value() >= before);
    before = test.log_value();
  }
}

TEST_CASE("evidence weighed again with another phi is what it had been with that phi all along") {
  std::mt19937 engine(4);
  std::poisson_distribution<int> canary(4), baseline(20);
  WeighedTest late(60, 60), always(60, 60);
  for (int i = 0; i < 30; ++i) {
    const double c = canary(engine), b = baseline(engine);
    late.push(log_ratios_of({500, c}, {5000, b}), c + b, 3, i < 20 ? 1.2 : 2.5);
    always.push(log_ratios_of({500, c}, {5000, b}), c + b, 3, 2.5);
  }
  CHECK(late.log_value() == always.log_value());
}

TEST_CASE("a tick without evidence takes nothing but time") {
  WeighedTest test(60, 60);
  for (int i = 0; i < 10; ++i) test.push(log_ratios_of({500, 20}, {5000, 20}), 40, 3, 1.5);
  for (int i = 0; i < 80; ++i) {
    const double before = test.log_value();
    test.push(Effects{}, 0, 3, 1.5);
    CHECK(test.log_value() == doctest::Approx(before).epsilon(1e-12));
  }
}

TEST_CASE("independent errors at the limit reach a hundred at most once in a hundred") {
  // 2,000 runs of 60 ticks with the null true; at 1% the standard error is 0.22%, so 34 is three of them
  // above.
  std::mt19937 engine(5);
  std::binomial_distribution<int> canary(200, 0.02), baseline(1000, 0.02);
  int reached = 0;
  for (int run = 0; run < 2000; ++run) {
    ChangePointMixture mixture(60);
    double most = 0;
    for (int i = 0; i < 60; ++i) {
      const double c = canary(engine), b = baseline(engine);
      mixture.push(log_ratios_of({200, c}, {1000, b}), 1, no_cap);
      most = std::max(most, mixture.log_value());
    }
    reached += most >= std::log(100) ? 1 : 0;
  }
  CHECK(reached <= 34);
}

}  // namespace davy::judge
