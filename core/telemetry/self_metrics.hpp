#pragma once

// Davy's own metrics, davy_*, in the Prometheus text format. Labels come from closed sets only: nothing a
// peer sends can make a new series.

#include "core/model/batch.hpp"
#include "core/model/guard_snapshot.hpp"
#include "core/telemetry/events.hpp"

#include <memory>
#include <string>
#include <vector>

namespace davy::telemetry {

class SelfMetrics {
 public:
  SelfMetrics(std::string service, std::string version);
  ~SelfMetrics();
  SelfMetrics(const SelfMetrics&) = delete;
  SelfMetrics& operator=(const SelfMetrics&) = delete;

  void count(const Event& event);
  void observe(const Batch& batch);          // davy_scrape_*
  void show(const GuardSnapshot& snapshot);  // davy_phase, davy_action_ready, ...
  std::string text() const;
  friend std::string to_text(const std::vector<const SelfMetrics*>& all);

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

// Those of several services as one answer, each family once.
std::string to_text(const std::vector<const SelfMetrics*>& all);

}  // namespace davy::telemetry
