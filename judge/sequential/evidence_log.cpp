#include "judge/sequential/evidence_log.hpp"

#include "judge/sequential/dispersion.hpp"

#include <algorithm>

namespace davy::judge {

void EvidenceLog::push(const Effects& log_ratios, double events, double cap, double phi) {
  Tick& tick = ticks_.emplace_back();
  tick.log_ratios = log_ratios;
  tick.events = events;
  tick.cap = cap;
  tick.inflation = inflation(events, phi);
  tick.plain = tempered_ratios(log_ratios, tick.inflation, cap, tick.ratios);
}

void EvidenceLog::weigh(double phi) {
  for (Tick& tick : ticks_) {
    const double now = inflation(tick.events, phi);
    if (now == tick.inflation) continue;
    tick.inflation = now;
    tick.plain = tempered_ratios(tick.log_ratios, now, tick.cap, tick.ratios);
  }
}

void EvidenceLog::apply(std::size_t i, ChangePointMixture& mixture) const {
  const Tick& tick = ticks_[i];
  if (tick.plain && mixture.plain())
    mixture.push_ratios(tick.ratios);
  else
    mixture.push(tick.log_ratios, tick.inflation, tick.cap);
}

void WeighedTest::push(const Effects& log_ratios, double events, double cap, double phi) {
  const bool anew = phi != phi_ && log_.size() > 0;
  if (anew) {
    log_.weigh(phi);
    mixture_.reset();
    for (std::size_t i = 0; i < log_.size(); ++i) log_.apply(i, mixture_);
  }
  phi_ = phi;
  log_.push(log_ratios, events, cap, phi);
  log_.apply(log_.size() - 1, mixture_);
}

}  // namespace davy::judge
