#pragma once

// The tables of the benchmark, by the name one asks for them: their cells and their first columns.
//
//   false        false rollbacks in the ten published conditions
//   time         seconds to rollback with independent errors
//   late         the same with an onset 300 s after the deploy
//   noise        the same with bursts, slow pod noise and unlike pods
//   worlds       false rollbacks in the ten other worlds, with 1 to 10 baseline members
//   worlds-time  seconds to rollback in them, of +3pp and of x3 from 240 s on

#include "bench/detection/runner.hpp"

#include <string>
#include <vector>

namespace davy::bench {

enum class Answer {
  false_rollbacks,  // all cells are healthy
  times,
  shares,  // how many runs fired, and when
};

template <typename S>
struct SuiteOf {
  std::string name;
  std::string title;
  std::vector<std::string> label_headings;
  Answer answer = Answer::times;
  std::vector<CellOf<S>> cells;
  std::vector<DetectorFactoryOf<S>> detectors;
  int runs_divisor = 1;  // a costly table is told from so much fewer runs
};

using Suite = SuiteOf<Stream>;

// With `refinements` the judge with and without its refinements instead of the peers.
std::vector<Suite> all_suites(bool refinements = false);

}  // namespace davy::bench
