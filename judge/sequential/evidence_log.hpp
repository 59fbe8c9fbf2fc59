#pragma once

// What one sequential test has seen, tick by tick, kept so that it can be weighed again when more has become
// known about how bursty errors are.
//
// A tick's log ratios count as q = min(log ratio / infl(events, phi), cap); the cap stays what it was when
// the tick arrived. 27 doubles a tick; nothing is allocated within the capacity.

#include "judge/sequential/change_point_mixture.hpp"

#include <vector>

namespace davy::judge {

class EvidenceLog {
 public:
  explicit EvidenceLog(std::size_t ticks_max) { ticks_.reserve(ticks_max); }
  void clear() { ticks_.clear(); }
  std::size_t size() const { return ticks_.size(); }

  void push(const Effects& log_ratios, double events, double cap, double phi);
  // Computes everything anew that depends on phi.
  void weigh(double phi);
  // Adds tick `i` to a mixture.
  void apply(std::size_t i, ChangePointMixture& mixture) const;

 private:
  struct Tick {
    Effects log_ratios;
    Effects ratios;  // exp(q)
    double events;
    double cap;
    double inflation;
    bool plain;  // the ratios are ordinary numbers
  };
  std::vector<Tick> ticks_;
};

// One change-point test with its memory.
class WeighedTest {
 public:
  // `window` onsets are possible; `ticks_max` are remembered without allocation.
  WeighedTest(int window, std::size_t ticks_max) : log_(ticks_max), mixture_(window) {}
  void push(const Effects& log_ratios, double events, double cap, double phi);
  double log_value() const { return mixture_.log_value(); }

 private:
  EvidenceLog log_;
  ChangePointMixture mixture_;
  double phi_ = 0;
};

}  // namespace davy::judge
