#pragma once

// Runs detectors on cells. Every thread has its own source of streams and its own detectors and takes every
// n-th run; as a run depends on nothing but its number, the outcomes do not depend on the threads. `S` is the
// kind of stream.

#include "bench/detection/detector.hpp"
#include "bench/detection/outcome.hpp"
#include "bench/detection/truth.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace davy::bench {

// Overwrites the stream with run number `run`. One thread's own.
template <typename S>
using StreamSourceOf = std::function<void(int run, S& stream)>;
template <typename S>
using DetectorFactoryOf = std::function<std::unique_ptr<DetectorOf<S>>(const Truth&)>;

template <typename S>
struct CellOf {
  std::vector<std::string> labels;  // the first columns of its row
  Truth truth;
  std::function<StreamSourceOf<S>()> make_source;
};

using StreamSource = StreamSourceOf<Stream>;
using DetectorFactory = DetectorFactoryOf<Stream>;
using Cell = CellOf<Stream>;

// One thread's part of a cell: what every detector does in run number `run`.
using Worker = std::function<void(int run, std::span<Detection> detections)>;

std::vector<Outcome> run_workers(const std::function<Worker()>& make_worker, std::size_t detectors,
                                 const Truth& truth, int runs, int threads);

template <typename S>
Worker make_worker(const CellOf<S>& cell, const std::vector<DetectorFactoryOf<S>>& factories) {
  auto detectors = std::make_shared<std::vector<std::unique_ptr<DetectorOf<S>>>>();
  for (const auto& make : factories) detectors->push_back(make(cell.truth));
  return [fill = cell.make_source(), detectors, stream = S()](int run, std::span<Detection> out) mutable {
    fill(run, stream);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = (*detectors)[i]->run(stream);
  };
}

// One outcome for each detector, in their order. Throws what a source or a detector throws.
template <typename S>
std::vector<Outcome> run_cell(const CellOf<S>& cell,
                              const std::type_identity_t<std::vector<DetectorFactoryOf<S>>>& detectors,
                              int runs, int threads) {
  return run_workers([&] { return make_worker(cell, detectors); }, detectors.size(), cell.truth, runs,
                     threads);
}

template <typename S>
std::vector<std::string> names_of(const std::vector<DetectorFactoryOf<S>>& detectors) {
  std::vector<std::string> names;
  for (const auto& make : detectors) names.emplace_back(make(Truth{})->name());
  return names;
}

}  // namespace davy::bench
