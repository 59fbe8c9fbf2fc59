#pragma once

// A watch of three instances as batches, for whoever records or replays one: running totals of a canary and
// two of the baseline, at so many requests a second, of which the canary fails some from a moment on.

#include "core/model/batch.hpp"

#include <memory>
#include <string>
#include <vector>

namespace davy::test {

class RecordedTown {
 public:
  double canary_error_share = 0;
  double rps = 40;  // of each instance
  Duration interval = std::chrono::seconds(1);

  RecordedTown() {
    for (const char* name : {"canary", "stable-1", "stable-2"}) places_.push_back(Place(name));
  }

  // The next round, one interval after the last.
  Batch round() {
    Batch batch;
    batch.at = now_;
    for (Place& place : places_) {
      const bool canary = place.name == "canary";
      const double share = canary ? canary_error_share : 0.005;
      const double requests = rps * seconds(interval);
      place.bad += requests * share + place.rest;
      const double whole = static_cast<double>(static_cast<long>(place.bad));
      place.good += requests - (whole - place.failed);
      place.rest = place.bad - whole;
      place.bad = place.failed = whole;
      TargetReading reading;
      reading.target = reading.url = "http://" + place.name + "/metrics";
      reading.labels = Labels{{"pod", place.name}};
      (canary ? reading.for_canary : reading.for_baseline) = true;
      reading.took = std::chrono::microseconds(700);
      reading.at = now_ + reading.took;
      reading.process_start_time = 1.7e9;
      reading.sample_count = 2;
      reading.samples = {Sample{place.ok, place.good, {}}, Sample{place.wrong, place.bad, {}}};
      batch.readings.push_back(std::move(reading));
    }
    now_ += interval;
    return batch;
  }
  Instant now() const { return now_; }

 private:
  struct Place {
    explicit Place(std::string n) : name(std::move(n)) {
      const auto series = [this](const char* code) {
        return std::make_shared<const Series>(
            Series{"requests_total", Labels{{"code", code}, {"pod", name}}, MetricType::counter});
      };
      ok = series("200");
      wrong = series("500");
    }
    std::string name;
    double good = 1000, bad = 0, failed = 0, rest = 0;
    SeriesRef ok, wrong;
  };
  std::vector<Place> places_;
  Instant now_{std::chrono::hours(5)};
};

}  // namespace davy::test
