// The room's small statistics: the control factor, the bet, the reverse test and the ratio's interval.

#include "judge/sequential/bet.hpp"
#include "judge/sequential/control_factor.hpp"
#include "judge/sequential/ratio_interval.hpp"
#include "judge/sequential/reverse_test.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <random>

namespace davy::judge {

TEST_CASE("the control factor has its known values") {
  // At a chance of alpha / 20 with alpha = 1%, by numerical integration.
  constexpr double chance = 0.0005;
  CHECK(control_factor(5, chance) == doctest::Approx(19.2126870818).epsilon(1e-9));
  CHECK(control_factor(10, chance) == doctest::Approx(6.5597928).epsilon(1e-7));
  CHECK(control_factor(20, chance) == doctest::Approx(3.63).epsilon(0.002));
  CHECK(control_factor(3, chance) == doctest::Approx(86).epsilon(0.01));
  CHECK(control_factor(2, chance) == doctest::Approx(636).epsilon(0.01));
}

TEST_CASE("the control factor falls with every group more and with a larger chance") {
  for (std::size_t groups = 2; groups < 20; ++groups) {
    CHECK(control_factor(groups, 0.0005) > control_factor(groups + 1, 0.0005));
    CHECK(control_factor(groups, 0.0005) > control_factor(groups, 0.001));
  }
}

TEST_CASE("a bet that always wins gains as its stakes say and one that always loses is almost ruined") {
  Bet win, lose, draw;
  for (int i = 0; i < 10; ++i) {
    win.push(1);
    lose.push(-1);
    draw.push(0);
  }
  const double won = (std::pow(1.1, 10) + std::pow(1.25, 10) + std::pow(1.5, 10) + std::pow(1.9, 10)) / 4;
  const double left = (std::pow(0.9, 10) + std::pow(0.75, 10) + std::pow(0.5, 10) + std::pow(0.1, 10)) / 4;
  CHECK(win.log_value() == doctest::Approx(std::log(won)));
  CHECK(lose.log_value() == doctest::Approx(std::log(left)));
  CHECK(draw.log_value() == doctest::Approx(0));
}

TEST_CASE("a fair bet reaches a hundred at most once in a hundred") {
  // 2,000 games of 200 rounds; at 1% the standard error is 0.22%, so 1.7% is three of them above.
  std::mt19937 engine(1);
  std::uniform_real_distribution<double> fair(-1, 1);
  int reached = 0;
  for (int game = 0; game < 2000; ++game) {
    Bet bet;
    double most = 0;
    for (int round = 0; round < 200; ++round) {
      bet.push(fair(engine));
      most = std::max(most, bet.log_value());
    }
    reached += most >= std::log(100) ? 1 : 0;
  }
  CHECK(reached <= 34);
}

TEST_CASE("the reverse test becomes sure of a canary inside its limit and never of one at it") {
  // At the limit the chance of ever reaching 20 is at most 5%: of 300 at most 15 +- 3.8.
  std::mt19937 engine(2);
  std::poisson_distribution<int> baseline(10), inside(1), at_limit(2);
  int sure_inside = 0, sure_at_limit = 0;
  for (int run = 0; run < 300; ++run) {
    ReverseTest good, edge;
    double most = 0;
    for (int tick = 0; tick < 120; ++tick) {
      const Counts stable{1000, static_cast<double>(baseline(engine))};
      good.push_relative({100, static_cast<double>(inside(engine))}, stable, 2, 1);
      edge.push_relative({100, static_cast<double>(at_limit(engine))}, stable, 2, 1);
      most = std::max(most, edge.log_value());
    }
    sure_inside += good.log_value() >= std::log(20) ? 1 : 0;
    sure_at_limit += most >= std::log(20) ? 1 : 0;
  }
  CHECK(sure_inside >= 299);
  CHECK(sure_at_limit <= 27);
}

TEST_CASE("the reverse test of an absolute limit knows which side of it the canary is") {
  ReverseTest clean, beyond, empty;
  for (int tick = 0; tick < 20; ++tick) {
    clean.push_absolute({100, 0}, 0.05, 1);
    beyond.push_absolute({100, 8}, 0.05, 1);
    empty.push_absolute({0, 0}, 0.05, 1);
  }
  CHECK(clean.log_value() > std::log(20));
  CHECK(beyond.log_value() < 0);
  CHECK(empty.log_value() == doctest::Approx(0));
}

TEST_CASE("the ratio's interval holds the true ratio at every tick in 95 of 100 runs and narrows") {
  // 200 runs of 100 looks each; at 5% the standard error is 1.5%, so 19 misses are three of them above.
  for (const double ratio : {0.5, 1.0, 3.0}) {
    CAPTURE(ratio);
    std::mt19937 engine(3);
    std::poisson_distribution<int> baseline(20), canary(2 * ratio);
    int missed = 0;
    for (int run = 0; run < 200; ++run) {
      RatioInterval interval;
      bool outside = false;
      double early = 0, late = 0;
      for (int tick = 0; tick < 100; ++tick) {
        interval.push({100, static_cast<double>(canary(engine))},
                      {1000, static_cast<double>(baseline(engine))}, 1);
        const Interval now = interval.interval();
        outside = outside || ratio < now.low || ratio > now.high;
        if (tick == 9) early = std::log(now.high / now.low);
        late = std::log(now.high / now.low);
      }
      missed += outside ? 1 : 0;
      CHECK(late < early);
    }
    CHECK(missed <= 19);
  }
}

TEST_CASE("an interval that knows nothing is everything and a widened one contains the other") {
  RatioInterval interval;
  CHECK(interval.interval().low == 0);
  CHECK(std::isinf(interval.interval().high));
  for (int tick = 0; tick < 30; ++tick) interval.push({100, 3}, {1000, 20}, 1.5);
  const Interval narrow = interval.interval(), wide = interval.interval(3);
  CHECK(wide.low < narrow.low);
  CHECK(wide.high > narrow.high);
  CHECK(narrow.low < 1.5);
  CHECK(narrow.high > 1.5);
}

}  // namespace davy::judge
