#include "judge/sequential/control_cohorts.hpp"

#include <algorithm>
#include <cmath>

namespace davy::judge {
namespace {

constexpr std::size_t history_cohorts_max = 9;

}  // namespace

ControlCohorts::ControlCohorts(std::size_t groups, int window, std::size_t ticks_max, std::size_t spacing)
    : groups_(groups), window_(window), ticks_max_(ticks_max), spacing_(spacing) {
  logs_.assign(2 * groups, EvidenceLog(0));
  for (EvidenceLog& log : logs_) log = EvidenceLog(ticks_max);
}

void ControlCohorts::begin() {
  Cohort& cohort = running_.emplace_back();
  cohort.first_tick = ticks_;
  cohort.tests.assign(2 * groups_, ChangePointMixture(window_));
  cohort.largest_until.reserve(ticks_max_);
  if (running_.size() > history_cohorts_max) running_.pop_front();
}

void ControlCohorts::deploy() {
  if (deployed_) return;
  deployed_ = true;
  stopped_ = std::move(running_);
  running_.clear();
  // What the history's cohorts have found stays; what they found it in is no longer needed.
  for (EvidenceLog& log : logs_) log.clear();
  for (Cohort& cohort : stopped_) cohort.tests.clear();
  ticks_ = 0;
  begin();
}

void ControlCohorts::weigh(double phi) {
  for (EvidenceLog& log : logs_) log.weigh(phi);
  for (Cohort& cohort : running_) {
    for (std::size_t u = 0; u < cohort.tests.size(); ++u) {
      cohort.tests[u].reset();
      for (std::size_t i = cohort.first_tick; i < ticks_; ++i) logs_[u].apply(i, cohort.tests[u]);
    }
  }
}

void ControlCohorts::push(std::span<const Counts> groups, double cap, double phi) {
  if (!deployed_ && ticks_ % spacing_ == 0) begin();
  if (phi != phi_) weigh(phi);
  phi_ = phi;
  Counts all;
  for (const Counts& group : groups) {
    all.total += group.total;
    all.bad += group.bad;
  }
  Effects log_ratios{};
  for (std::size_t k = 0; k < groups_; ++k) {
    const Counts rest{all.total - groups[k].total, all.bad - groups[k].bad};
    relative_log_ratios(groups[k], rest, 1, log_ratios);
    logs_[2 * k].push(log_ratios, all.bad, cap, phi);
    relative_log_ratios(rest, groups[k], 1, log_ratios);
    logs_[2 * k + 1].push(log_ratios, all.bad, cap, phi);
  }
  ++ticks_;
  for (Cohort& cohort : running_) {
    double largest = cohort.largest_until.empty() ? 0 : cohort.largest_until.back();
    double value = 0;
    for (std::size_t u = 0; u < cohort.tests.size(); ++u) {
      logs_[u].apply(ticks_ - 1, cohort.tests[u]);
      value = std::max(value, cohort.tests[u].value());
    }
    if (value > std::exp(largest) || std::isinf(value)) {
      for (const ChangePointMixture& test : cohort.tests) largest = std::max(largest, test.log_value());
    }
    cohort.largest_until.push_back(largest);
  }
}

double ControlCohorts::largest(std::size_t age) const {
  double largest = 0;
  for (const auto* cohorts : {&stopped_, &running_})
    for (const Cohort& cohort : *cohorts)
      if (!cohort.largest_until.empty())
        largest = std::max(largest, cohort.largest_until[std::min(age, cohort.largest_until.size() - 1)]);
  return largest;
}

}  // namespace davy::judge
