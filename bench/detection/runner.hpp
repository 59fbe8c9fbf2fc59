#pragma once

// Runs detectors on cells. Every thread has its own source of streams and its own detectors and takes every
// n-th run; as a run depends on nothing but its number, the outcomes do not depend on the threads.

#include "bench/detection/detector.hpp"
#include "bench/detection/outcome.hpp"
#include "bench/detection/truth.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace davy::bench {

// Overwrites the stream with run number `run`. One thread's own.
using StreamSource = std::function<void(int run, Stream& stream)>;
using DetectorFactory = std::function<std::unique_ptr<Detector>(const Truth&)>;

struct Cell {
  std::vector<std::string> labels;  // the first columns of its row
  Truth truth;
  std::function<StreamSource()> make_source;
};

// One outcome for each detector, in their order. Throws what a source or a detector throws.
std::vector<Outcome> run_cell(const Cell& cell, const std::vector<DetectorFactory>& detectors, int runs,
                              int threads);

std::vector<std::string> names_of(const std::vector<DetectorFactory>& detectors);

}  // namespace davy::bench
