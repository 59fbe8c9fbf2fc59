#include "judge/threshold/threshold.hpp"

#include "judge/threshold/limits.hpp"
#include "judge/threshold/span.hpp"
#include "judge/threshold/threshold_sentence.hpp"

#include <algorithm>
#include <cstring>

namespace davy::judge {
namespace {

// A ratio is not over its limit because of one or two events, however few requests there were.
constexpr double bad_events_min = 3;
constexpr std::size_t blast_radius_max = 3;

struct Memory {
  double rounds_over = 0;  // in a row
  double newest_s = 0;     // the newest tick already judged, since the deploy
  double since_s = 0;      // when the run began; meaningful while rounds_over > 0
};

class Threshold final : public Comparison {
 public:
  explicit Threshold(const Check& check) : check_(check) {}

  Finding compare(const Window& window) override {
    const Span span = recent_span(window, check_);
    Finding finding = numbers(window, span);
    const LimitReading reading =
        hold_against_limits(check_, finding.canary.value, compared_baseline(finding));
    finding.limit = reading.tightest();

    const bool compares = check_.max_increase.has_value();
    const bool canary_enough =
        span.newest && finding.canary.samples >= check_.min_samples && finding.canary.value;
    const bool baseline_enough = !compares || compared_baseline(finding).has_value();
    const bool canary_seen = sees(window.canary);
    const bool over = canary_seen && canary_enough && enough_bad_events(span) &&
                      (reading.over_absolute || (reading.over_relative && sees(window.baseline)));

    // A round in which a query gave no number neither confirms nor clears.
    const bool is_silent = check_.kind == CheckKind::promql && !(span.canary.total > 0);
    if (!is_silent) remember(memory_, window, span, over);

    if (over) {
      finding.since = window.deployed_at + from_seconds(memory_.since_s);
      finding.suspicious = memory_.rounds_over < check_.confirmations;
      finding.outcome = finding.suspicious ? Outcome::not_enough_data : Outcome::breach;
      finding.shared_failure = is_shared(check_, reading, *finding.canary.value, compared_baseline(finding));
      finding.evidence = std::min(1.0, memory_.rounds_over / check_.confirmations);
      finding.blast_radius = blast_radius(window, reading);
    } else if (!canary_seen || (compares && !sees(window.baseline))) {
      finding.outcome = Outcome::source_error;
    } else if (canary_enough && baseline_enough) {
      finding.outcome = Outcome::healthy;
    } else {
      finding.outcome = Outcome::not_enough_data;
      finding.nothing_seen = span.newest && finding.canary.samples == 0;
    }
    finding.sentence = threshold_sentence(check_, finding, reading, span, window);
    return finding;
  }

  SequentialState save() const override {
    SequentialState state;
    state.bytes.resize(sizeof(Memory));
    std::memcpy(state.bytes.data(), &memory_, sizeof(Memory));
    return state;
  }

  void restore(const SequentialState& state) override {
    if (state.bytes.size() == sizeof(Memory)) std::memcpy(&memory_, state.bytes.data(), sizeof(Memory));
  }

 private:
  Finding numbers(const Window& window, const Span& span) const {
    Finding finding;
    finding.check = check_.name;
    finding.kind = check_.kind;
    finding.severity = check_.severity;
    finding.unit = check_.unit;
    finding.canary = {span.canary.value(check_, window.bounds), span.canary.total};
    finding.baseline = {span.baseline.value(check_, window.bounds), span.baseline.total};
    return finding;
  }

  // The baseline's value where there is enough behind it to compare with.
  std::optional<double> compared_baseline(const Finding& finding) const {
    return finding.baseline.samples >= check_.min_samples ? finding.baseline.value : std::nullopt;
  }

  bool enough_bad_events(const Span& span) const {
    if (check_.kind != CheckKind::ratio) return true;
    return span.canary.bad >= bad_events_min || span.canary.bad >= span.canary.total;
  }

  // A round in which nothing new was learned neither confirms nor clears.
  static void remember(Memory& memory, const Window& window, const Span& span, bool over) {
    if (!span.newest) return;
    const double newest_s = seconds(*span.newest - window.deployed_at);
    if (newest_s <= memory.newest_s && memory.newest_s > 0) return;
    if (over && memory.rounds_over == 0) memory.since_s = newest_s;
    memory.rounds_over = over ? memory.rounds_over + 1 : 0;
    memory.newest_s = newest_s;
  }

  std::vector<std::string> blast_radius(const Window& window, const LimitReading& reading) const {
    std::vector<std::string> values;
    if (check_.kind != CheckKind::ratio || !reading.tightest()) return values;
    for (const Slice& slice : window.slices) {
      if (values.size() == blast_radius_max) break;
      if (slice.canary_total > 0 && slice.canary_bad / slice.canary_total > *reading.tightest())
        values.push_back(slice.value);
    }
    return values;
  }

  Check check_;
  Memory memory_;
};

}  // namespace

std::unique_ptr<Comparison> make_threshold(const Check& check) { return std::make_unique<Threshold>(check); }

}  // namespace davy::judge
