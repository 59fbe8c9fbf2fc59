// What weights become when the canary gets another share.

#include "rollback/traffic/weight_split.hpp"

#include <doctest/doctest.h>

namespace davy::rollback {
namespace {

using Role = Weight::Role;

struct Case {
  const char* what;
  std::vector<Weight> before;
  int percent;
  Total total;
  std::vector<std::int64_t> after;  // empty: refused
};

Weight canary(std::int64_t w) { return {Role::canary, w}; }
Weight other(std::int64_t w) { return {Role::takes_rest, w}; }
Weight alone(std::int64_t w) { return {Role::left_alone, w}; }

const std::vector<Case> cases{
    {"one other takes all", {other(90), canary(10)}, 0, Total::relative, {100, 0}},
    {"in any order", {canary(10), other(90)}, 0, Total::relative, {0, 100}},
    {"a small total is kept", {other(9), canary(1)}, 0, Total::relative, {10, 0}},
    {"one other takes it back although it had none", {other(0), canary(1)}, 0, Total::relative, {1, 0}},
    {"several others stay as they are", {other(60), other(30), canary(10)}, 0, Total::relative, {60, 30, 0}},
    {"several others that had none cannot share", {other(0), other(0), canary(1)}, 0, Total::relative, {}},
    {"nobody else is there", {canary(1)}, 0, Total::relative, {}},
    {"nobody has anything", {other(0), canary(0)}, 50, Total::relative, {}},
    {"defaults of one each", {other(1), canary(1)}, 25, Total::relative, {75, 25}},
    {"a share of a hundred", {other(100), canary(0)}, 20, Total::relative, {80, 20}},
    {"everything", {other(90), canary(10)}, 100, Total::relative, {0, 100}},
    {"several keep their proportions", {other(60), other(30), canary(10)}, 40, Total::relative, {40, 20, 40}},
    {"exactly", {other(1), other(1), other(1), canary(0)}, 10, Total::relative, {30, 30, 30, 10}},
    {"a sum of a hundred is rounded to", {other(60), other(30), canary(10)}, 0, Total::hundred, {67, 33, 0}},
    {"a sum of a hundred is made", {other(1), canary(1)}, 0, Total::hundred, {100, 0}},
    {"a fixed sum is rounded in", {canary(5), other(5)}, 25, Total::fixed, {3, 7}},
    {"a fixed sum goes to none", {canary(5), other(5)}, 0, Total::fixed, {0, 10}},
    {"the stable version takes it and a third keeps its own",
     {other(70), alone(20), canary(10)},
     0,
     Total::relative,
     {80, 20, 0}},
    {"a third that has more than the rest", {other(10), alone(80), canary(10)}, 50, Total::relative, {}},
    {"of two canaries the first", {other(80), canary(10), canary(10)}, 10, Total::relative, {90, 10, 0}},
};

}  // namespace

TEST_CASE("the canary gets its share and the others keep their proportions") {
  for (const Case& c : cases) {
    CAPTURE(std::string(c.what));
    const auto after = with_share(c.before, c.percent, c.total);
    CHECK(after.has_value() == !c.after.empty());
    if (!after) {
      CHECK(after.error().kind() == ErrorKind::unsupported);
      continue;
    }
    CHECK(*after == c.after);
  }
}

TEST_CASE("weights stay below the limit of the Gateway API") {
  const std::vector<Weight> primes{other(999'983), other(999'979), canary(10)};
  const auto after = with_share(primes, 33, Total::relative);
  REQUIRE(after.has_value());
  for (const std::int64_t weight : *after) CHECK(weight <= 1'000'000);
  CHECK((*after)[2] == 330'000);
}

TEST_CASE("a share that is there already is recognised in any total") {
  CHECK(has_share({other(3), canary(1)}, 25));
  CHECK(has_share({other(5), canary(0)}, 0));
  CHECK(has_share({other(0), canary(0)}, 0));
  CHECK_FALSE(has_share({other(9), canary(1)}, 9));
}

}  // namespace davy::rollback
