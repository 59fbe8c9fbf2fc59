#pragma once

// What one check found in one round. The sentence is written here, once, and every face prints that same
// sentence.

#include "core/base/clock.hpp"
#include "core/model/check.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace davy {

// Never mixed: nothing that could not be seen is ever healthy, and nothing that could not be seen is ever a
// breach.
enum class Outcome { healthy, breach, not_enough_data, source_error };
std::string_view to_text(Outcome outcome);

struct SideValue {
  std::optional<double> value;  // in Finding::unit; empty where there is nothing to compute it from
  double samples = 0;           // events or readings behind it
};

struct Finding {
  std::string check;
  CheckKind kind = CheckKind::ratio;
  Severity severity = Severity::p1;
  Unit unit = Unit::ratio;
  Outcome outcome = Outcome::not_enough_data;
  bool nothing_seen = false;    // not_enough_data because there is nothing at all: no series, or no traffic
  bool suspicious = false;      // over a limit, but not yet confirmed
  bool shared_failure = false;  // a breach that the baseline shows too: somebody else's outage
  SideValue canary, baseline;
  std::optional<double> limit;        // the tightest limit that applies now, in `unit`
  std::optional<Instant> since;       // when the numbers first went over it without coming back
  double evidence = 0;                // 0 nothing .. 1 decided, for a progress bar
  std::optional<Instant> decided_at;  // when a breach became certain
  // Of a comparison that controls its errors: its e-value against "within every limit", as ln, now and the
  // largest so far (p-value: exp(-largest), valid at every look), and the canary's value over the baseline's
  // with 95% confidence at every look at once.
  std::optional<double> log_evidence, log_evidence_max;
  std::optional<std::pair<double, double>> times_baseline;
  // Undecided: about how many of the canary's requests it takes to know it inside; infinite when it is at its
  // limit. Nothing where the comparison cannot tell.
  std::optional<double> requests_needed;
  bool judges_warmup = false;  // its limits are wider while warming up, so a breach counts even then
  std::vector<std::string> blast_radius;  // `by` values that are over the limit, worst first
  std::string sentence;

  // Valid at every look; nothing where the comparison does not control its errors.
  std::optional<double> p_value() const;
};

// What a comparison remembers between rounds, as bytes: a journal can keep them, and a restart or a replay
// goes on from them as if nothing had happened. The comparison alone knows what they mean. At most
// sequential_state_bytes_max a check.
struct SequentialState {
  std::string bytes;
  bool operator==(const SequentialState&) const = default;
};
inline constexpr std::size_t sequential_state_bytes_max = 65536;

}  // namespace davy
