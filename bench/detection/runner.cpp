#include "bench/detection/runner.hpp"

#include <future>

namespace davy::bench {
namespace {

using Detections = std::vector<std::vector<Detection>>;  // by detector, then by run

void run_every_nth(const Cell& cell, const std::vector<DetectorFactory>& factories, int first, int runs,
                   int step, Detections& detections) {
  const StreamSource fill = cell.make_source();
  std::vector<std::unique_ptr<Detector>> detectors;
  for (const DetectorFactory& make : factories) detectors.push_back(make(cell.truth));
  Stream stream;
  for (int run = first; run < runs; run += step) {
    fill(run, stream);
    for (std::size_t i = 0; i < detectors.size(); ++i)
      detections[i][static_cast<std::size_t>(run)] = detectors[i]->run(stream);
  }
}

}  // namespace

std::vector<Outcome> run_cell(const Cell& cell, const std::vector<DetectorFactory>& detectors, int runs,
                              int threads) {
  Detections detections(detectors.size(), std::vector<Detection>(static_cast<std::size_t>(runs)));
  std::vector<std::future<void>> workers;
  for (int i = 0; i < threads; ++i)
    workers.push_back(std::async(std::launch::async,
                                 [&, i] { run_every_nth(cell, detectors, i, runs, threads, detections); }));
  for (auto& worker : workers) worker.get();
  std::vector<Outcome> outcomes;
  for (const auto& of_detector : detections) outcomes.push_back(outcome_of(of_detector, cell.truth));
  return outcomes;
}

std::vector<std::string> names_of(const std::vector<DetectorFactory>& detectors) {
  std::vector<std::string> names;
  for (const DetectorFactory& make : detectors) names.emplace_back(make(Truth{})->name());
  return names;
}

}  // namespace davy::bench
