// What the judge says besides "over the limit": inside it, and between which ratios.

#include "bench/detection/pass_detectors.hpp"
#include "bench/detection/pass_suites.hpp"
#include "tests/bench/streams.hpp"

#include <doctest/doctest.h>
#include <map>
#include <stdexcept>

namespace davy::bench {
namespace {

Detection run(std::string_view name, const Stream& stream, double ratio = 1) {
  Truth truth;
  truth.multiplier = ratio;
  return make_pass_detector(name, truth)->run(stream);
}

TEST_CASE("a canary like a busy baseline passes and one three times as bad breaches") {
  const Stream like =
      steady_stream(120, {.canary_n = 1000, .canary_e = 20, .member_n = 1000, .member_e = 20}, 10);
  CHECK(run("pass", like).fired);
  CHECK_FALSE(run("breach", like).fired);
  const Stream worse =
      steady_stream(120, {.canary_n = 1000, .canary_e = 60, .member_n = 1000, .member_e = 20}, 10);
  CHECK_FALSE(run("pass", worse).fired);
  CHECK(run("breach", worse).fired);
}

TEST_CASE("the interval holds the true ratio and not another") {
  const Stream twice =
      steady_stream(120, {.canary_n = 1000, .canary_e = 40, .member_n = 1000, .member_e = 20}, 10);
  CHECK_FALSE(run("miss", twice, 2).fired);
  CHECK(run("miss", twice, 1).fired);
  CHECK(run("miss", twice, 4).fired);
}

TEST_CASE("without traffic nothing is said") {
  const Stream idle = steady_stream(120, {.member_n = 100, .member_e = 1}, 10);
  for (const auto name : pass_detector_names()) CHECK_MESSAGE(run(name, idle) == Detection{}, name);
  CHECK_THROWS_AS(make_pass_detector("nothing", Truth{}), std::out_of_range);
}

TEST_CASE("the tables of passing and of ticks have their cells") {
  std::map<std::string, std::size_t> cells;
  for (const Suite& suite : pass_suites()) {
    cells[suite.name] = suite.cells.size();
    for (const Cell& cell : suite.cells) CHECK(cell.labels.size() == suite.label_headings.size());
    CHECK(run_cell(suite.cells.back(), suite.detectors, 2, 1).size() == suite.detectors.size());
  }
  CHECK(cells == std::map<std::string, std::size_t>{{"pass", 30}, {"ticks", 12}});
}

}  // namespace
}  // namespace davy::bench
