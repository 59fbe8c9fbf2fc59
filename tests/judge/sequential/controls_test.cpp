// What the baseline's control groups teach about the evidence that a canary needs.

#include "judge/sequential/controls.hpp"

#include "judge/sequential/control_factor.hpp"

#include <cmath>
#include <doctest/doctest.h>

namespace davy::judge {
namespace {

const double threshold = std::log(100);

ControlOptions options_for(std::size_t groups) {
  ControlOptions options;
  options.groups = groups;
  options.window = 60;
  options.history = 20;
  options.ticks_max = 80;
  options.log_threshold = threshold;
  return options;
}

std::vector<Counts> alike(std::size_t groups) { return std::vector<Counts>(groups, {100, 1}); }

}  // namespace

TEST_CASE("among groups that are all alike the need is the threshold") {
  Controls controls(options_for(10));
  controls.deploy();
  for (int i = 0; i < 60; ++i) controls.observe(alike(10), 5);
  CHECK(controls.largest(59) < std::log(10));
  CHECK(controls.need(59, safeguard_for(10, 0.0005)) == doctest::Approx(threshold));
}

TEST_CASE("the need is the factor times what the most unlike group reached beyond their number") {
  Controls controls(options_for(10));
  controls.deploy();
  std::vector<Counts> groups = alike(10);
  groups[4].bad = 6;
  for (int i = 0; i < 60; ++i) controls.observe(groups, 5);
  const double largest = controls.largest(59);
  CHECK(largest > 5);
  CHECK(controls.need(59, safeguard_for(10, 0.0005)) ==
        doctest::Approx(control_factor(10, 0.0005) * (largest - std::log(10))));
}

TEST_CASE("the need never falls with age and a group's evidence counts at the same age only") {
  Controls controls(options_for(8));
  controls.deploy();
  std::vector<Counts> groups = alike(8);
  for (int i = 0; i < 40; ++i) {
    groups[2].bad = i < 20 ? 1 : 8;
    controls.observe(groups, 5);
  }
  for (std::size_t age = 1; age < 40; ++age) CHECK(controls.largest(age) >= controls.largest(age - 1));
  CHECK(controls.largest(19) < 1);
  CHECK(controls.largest(39) > 3);
}

TEST_CASE("what groups did before the deploy counts") {
  Controls controls(options_for(8));
  std::vector<Counts> groups = alike(8);
  groups[2].bad = 8;
  for (int i = 0; i < 20; ++i) controls.observe(groups, 5);
  controls.deploy();
  controls.observe(alike(8), 5);
  CHECK(controls.largest(19) > 3);
  CHECK(controls.need(19, safeguard_for(8, 0.0005)) > threshold);
}

TEST_CASE("a single group has no controls and needs the threshold") {
  Controls controls(options_for(1));
  controls.deploy();
  for (int i = 0; i < 20; ++i) controls.observe(alike(1), 5);
  CHECK(controls.largest(19) == 0);
  CHECK(controls.need(19, Safeguard{}) == threshold);
  CHECK(controls.phi() >= 2);
}

TEST_CASE("a tick may give more the more is known and less the shorter it is") {
  Controls known(options_for(10)), short_ticks(options_for(10)), clean(options_for(10));
  for (int i = 0; i < 20; ++i) {
    known.observe(alike(10), 5);
    short_ticks.observe(alike(10), 1);
    clean.observe(std::vector<Counts>(10, {100, 0}), 5);
  }
  CHECK(clean.cap() == doctest::Approx(2.6));
  CHECK(known.cap() == doctest::Approx(2.6 * (1 + 20 * 9 / 18.0)));
  CHECK(short_ticks.cap() == doctest::Approx(known.cap() / 5));
}

TEST_CASE("a tick that says nothing leaves only time") {
  Controls controls(options_for(10));
  controls.deploy();
  controls.observe(alike(10), 5);
  const double phi = controls.phi(), cap = controls.cap();
  controls.skip();
  CHECK(controls.phi() == phi);
  CHECK(controls.cap() == cap);
  CHECK(controls.largest(1) >= controls.largest(0));
}

}  // namespace davy::judge
