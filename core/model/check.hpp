#pragma once

// One check of a policy: what is compared and within which limits. Everything is in base units: ratios as
// shares of one (5% = 0.05), latencies in seconds, sizes in bytes.

#include "core/base/clock.hpp"
#include "core/model/selector.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace davy {

enum class CheckKind { ratio, latency, gauge, restarts, promql };
enum class Severity { p0, p1, p2, p3 };        // P0 is the worst
enum class Response { rollback, hold, warn };  // what a breach of that severity leads to
enum class Fallback { hold, pass, rollback };  // on_no_data, on_blind, on_inconclusive, on_shared_failure
enum class Unit { ratio, seconds, bytes, count, per_second };
enum class Method { sequential, threshold, mann_whitney };  // how the two sides are compared

// max_increase: relative ("100%" = at most twice the baseline: 1.0) or in the value's own unit ("0.5pp",
// "20ms").
struct Increase {
  enum class Kind { relative, absolute } kind = Kind::relative;
  double amount = 0;
  bool operator==(const Increase&) const = default;
};

struct Check {
  std::string name;
  CheckKind kind = CheckKind::ratio;
  Method method = Method::sequential;
  Unit unit = Unit::ratio;  // of max, of the values, and of an absolute increase

  Selector errors;              // ratio: the events that are bad ...
  Selector total;               // ... out of these
  Selector histogram;           // latency: the family's name, without _bucket
  double quantile = 0;          // latency: 0.99
  double units_per_second = 1;  // latency: what the histogram's bounds are in; 1000: milliseconds
  Selector gauge;               // gauge: averaged over a side's members
  std::string canary_query;     // promql: gives one number ...
  std::string baseline_query;   // ... and so does this; empty: there is nothing to compare with

  std::optional<double> max;             // absolute limit on the canary's value
  std::optional<Increase> max_increase;  // limit relative to the baseline
  double ignore_increase_below = 0;      // an increase smaller than this is never a breach (in `unit`)

  Severity severity = Severity::p1;
  std::optional<Fallback> on_no_data;  // overrides the policy's
  std::vector<std::string> by;         // also shown per value of these labels

  // sequential: the chance of accusing a healthy canary within the window, of all checks together, and this
  // check's part of it.
  double alpha = 0.01;
  double alpha_share = 1;

  double min_samples =
      20;                 // events (ratio, latency) or readings (gauge) needed on each side that is compared
  int confirmations = 2;  // rounds in a row that must breach
  Duration lookback{};    // threshold: judged over this long, or further back until min_samples are there;
                          // zero: the newest min_samples alone

  bool operator==(const Check&) const = default;
};

// Limits with a margin (an increase of 30% or more, and a small one ignored; points; an absolute limit alone)
// forgive what a few members of the baseline cannot teach: how much members differ.
bool has_margin(const Check& check);

std::string_view to_text(CheckKind kind);
std::string_view to_text(Severity severity);
std::string_view to_text(Response response);
std::string_view to_text(Fallback fallback);
std::string_view to_text(Method method);

std::string_view to_text(Unit unit);

// A value of this unit as a sentence shows it: 3.1%, 820ms, 1.2GiB, 41,900.
std::string to_text(double value, Unit unit);
// "100%", "0.5pp", "20ms".
std::string to_text(const Increase& increase, Unit unit);

}  // namespace davy
