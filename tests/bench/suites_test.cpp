// Every table has the cells it should, and every cell a source and detectors that run.

#include "bench/detection/suites.hpp"

#include "bench/detection/detectors.hpp"

#include <doctest/doctest.h>
#include <map>

namespace davy::bench {
namespace {

TEST_CASE("the tables have the published cells and those of the worlds") {
  std::map<std::string, std::size_t> cells;
  for (const Suite& suite : all_suites()) cells[suite.name] = suite.cells.size();
  CHECK(cells ==
        std::map<std::string, std::size_t>{
            {"false", 76}, {"time", 60}, {"late", 18}, {"noise", 45}, {"worlds", 50}, {"worlds-time", 100}});
}

TEST_CASE("every row has a label for every heading and can be run") {
  for (const Suite& suite : all_suites()) {
    CAPTURE(suite.name);
    const auto& detectors = suite.detectors;
    for (const Cell& cell : suite.cells) CHECK(cell.labels.size() == suite.label_headings.size());
    CHECK(run_cell(suite.cells.front(), detectors, 2, 1).size() == detectors.size());
    CHECK(suite.cells.back().truth.healthy() == (suite.answer == Answer::false_rollbacks));
  }
}

TEST_CASE("only faulty cells have oracles") {
  CHECK(names_of(detectors_for(false)).front() == "oracle1");
  CHECK(names_of(detectors_for(true)).front() == "POL");
}

}  // namespace
}  // namespace davy::bench
