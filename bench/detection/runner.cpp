#include "bench/detection/runner.hpp"

#include <future>

namespace davy::bench {

std::vector<Outcome> run_workers(const std::function<Worker()>& make_worker, std::size_t detectors,
                                 const Truth& truth, int runs, int threads) {
  std::vector<Detection> detections(static_cast<std::size_t>(runs) * detectors);  // run after run
  const auto run_every_nth = [&](int first) {
    const Worker work = make_worker();
    for (int run = first; run < runs; run += threads)
      work(run, std::span(detections).subspan(static_cast<std::size_t>(run) * detectors, detectors));
  };
  std::vector<std::future<void>> threads_running;
  for (int i = 0; i < threads; ++i)
    threads_running.push_back(std::async(std::launch::async, run_every_nth, i));
  for (auto& thread : threads_running) thread.get();
  std::vector<Outcome> outcomes;
  std::vector<Detection> of_detector(static_cast<std::size_t>(runs));
  for (std::size_t i = 0; i < detectors; ++i) {
    for (std::size_t run = 0; run < of_detector.size(); ++run)
      of_detector[run] = detections[run * detectors + i];
    outcomes.push_back(outcome_of(of_detector, truth));
  }
  return outcomes;
}

}  // namespace davy::bench
