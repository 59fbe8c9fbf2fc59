// The benchmark's random numbers and error streams: fixed for ever, or its published numbers mean nothing.

#include "bench/detection/error_stream.hpp"
#include "bench/detection/stream_check.hpp"

#include <cmath>
#include <doctest/doctest.h>

namespace davy::bench {
namespace {

double mean_of(int draws, auto draw) {
  double sum = 0;
  for (int i = 0; i < draws; ++i) sum += static_cast<double>(draw());
  return sum / draws;
}

Scenario scenario_of(Mode mode, int id) {
  for (const Scenario& scenario : error_scenarios())
    if (scenario.mode == mode && scenario.id == id) return scenario;
  FAIL("no such scenario");
  return {};
}

TEST_CASE("a seed means the same numbers for ever") {
  Random random(1);
  CHECK(random.next() == 0xb3f2af6d0fc710c5);
  CHECK(random.next() == 0x853b559647364cea);
  CHECK(random.next() == 0x92f89756082a4514);
  CHECK(random.uniform() == 0.39132860204190445);
}

TEST_CASE("ln k! is the same on both sides of the table's end") {
  for (const int k : {0, 1, 10, 127, 128, 1000})
    CHECK(log_factorial(k) == doctest::Approx(std::lgamma(k + 1.0)).epsilon(1e-13));
}

TEST_CASE("every distribution has its mean, below and above the change of algorithm") {
  Random random(2);
  for (const double mean : {0.3, 5.0, 40.0, 2500.0})
    CHECK(mean_of(20000, [&] { return random.poisson(mean); }) == doctest::Approx(mean).epsilon(0.03));
  for (const double p : {0.001, 0.2, 0.9})
    CHECK(mean_of(20000, [&] { return random.binomial(500, p); }) == doctest::Approx(500 * p).epsilon(0.04));
  for (const double shape : {0.5, 2.0})
    CHECK(mean_of(20000, [&] { return random.gamma(shape); }) == doctest::Approx(shape).epsilon(0.04));
  CHECK(mean_of(20000, [&] { return random.geometric(5); }) == doctest::Approx(5).epsilon(0.03));
  CHECK(std::fabs(mean_of(20000, [&] { return random.normal(); })) < 0.03);
}

TEST_CASE("the ends of the distributions are certain") {
  Random random(3);
  CHECK(random.poisson(0) == 0);
  CHECK(random.binomial(0, 0.5) == 0);
  CHECK(random.binomial(7, 0) == 0);
  CHECK(random.binomial(7, 1) == 7);
  CHECK(random.geometric(1) == 1);
}

TEST_CASE("run 0 of one scenario of every condition has its published digest") {
  struct Published {
    Mode mode;
    int id;
    std::uint64_t digest;
  };
  const Published list[] = {
      {Mode::healthy, 1, 0x71eacce2669428c6},  {Mode::healthy, 20, 0x449251f6e0415a53},
      {Mode::healthy, 26, 0xf16c81173f77812e}, {Mode::healthy, 32, 0x94170e1dea002617},
      {Mode::healthy, 40, 0xfc6f82901737bc7d}, {Mode::healthy, 52, 0xb4e29da38e3b26c9},
      {Mode::healthy, 58, 0x9d80a6274f74067d}, {Mode::healthy, 64, 0x7ca3fa55bda78690},
      {Mode::healthy, 70, 0xb94cb56e47f2bfdd}, {Mode::healthy, 76, 0xb0c37f5292ab70c8},
      {Mode::faulty, 63, 0x99710db7248dba5a},  {Mode::faulty, 106, 0x50d9cafa1bf067b2},
  };
  Stream stream;
  for (const Published& published : list) {
    ErrorStream(scenario_of(published.mode, published.id)).fill(0, stream);
    CHECK_MESSAGE(digest_of(stream) == published.digest, published.id);
  }
}

TEST_CASE("a run does not depend on the run before it") {
  ErrorStream blips(scenario_of(Mode::healthy, 69));
  Stream first, other, again;
  blips.fill(3, first);
  blips.fill(4, other);
  blips.fill(3, again);
  CHECK(first == again);
  CHECK_FALSE(first == other);
}

TEST_CASE("the scenarios are numbered from one in each mode") {
  const auto scenarios = error_scenarios();
  REQUIRE(scenarios.size() == 199);
  CHECK(scenarios[75].id == 76);
  CHECK(scenarios[76].id == 1);
  CHECK(scenarios.back().id == 123);
  CHECK(effect_of(scenarios.back()) == "100%");
  CHECK(effect_of(scenarios[76]) == "+1pp");
  CHECK(effect_of(scenarios.front()) == "none");
}

}  // namespace
}  // namespace davy::bench
