#include "judge/sequential/sequential.hpp"

#include "judge/sequential/check_test.hpp"
#include "judge/sequential/pass_rule.hpp"
#include "judge/sequential/sampler.hpp"
#include "judge/sequential/sequential_sentence.hpp"
#include "judge/sequential/state_codec.hpp"
#include "judge/sequential/window_sum.hpp"
#include "judge/threshold/limits.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace davy::judge {
namespace {

// What bounds the state and the cost: a longer window has longer samples.
constexpr double window_samples_max = 300;
constexpr double window_samples_max_of_wide = 240;  // latency with both limits, and gauges
constexpr std::size_t wide_channels = 4;
constexpr double gauge_sample_s = 15;
constexpr double beyond_window = 1.25;  // a release that is held may go on; the test does not

constexpr double log_suspicious = 2.302585092994046;  // ln 10
constexpr double log_rising = 1;
constexpr std::size_t silent_samples = 3;

std::unique_ptr<Sampler> make_sampler(const Check& check) {
  switch (check.kind) {
    case CheckKind::latency: return make_latency_sampler(check);
    case CheckKind::gauge: return make_gauge_sampler();
    default: return make_rate_sampler();
  }
}

double usual_tick_s(const Window& window) {
  if (window.interval > Duration::zero()) return seconds(window.interval);
  std::vector<double> lengths;
  for (const Tick& tick : window.ticks) lengths.push_back(seconds(tick.length));
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
  std::nth_element(lengths.begin(), middle, lengths.end());
  return std::max(*middle, 1e-3);
}

// The control groups are formed once for a release, so a baseline of which nothing or only a part has been
// seen yet is waited for, a few ticks. The window keeps them, and no evidence is lost.
bool is_ready(const Window& window) {
  constexpr std::ptrdiff_t ticks_to_wait = 6;
  if (window.ticks.empty()) return false;
  const SideSight& baseline = window.baseline;
  const bool complete = static_cast<int>(baseline.members.size()) >= baseline.targets ||
                        baseline.targets_up >= baseline.targets;
  if (complete && (baseline.targets == 0 || !baseline.members.empty())) return true;
  return std::count_if(window.ticks.begin(), window.ticks.end(),
                       [&](const Tick& tick) { return tick.at > window.deployed_at; }) >= ticks_to_wait;
}

std::int64_t milliseconds(Duration d) { return std::llround(seconds(d) * 1000); }

// In whole milliseconds, as the journal keeps it, so that a restored sample is as long to the last bit.
double longer_by(double length_s, Duration d) {
  return static_cast<double>(std::llround(length_s * 1000) + milliseconds(d)) / 1000;
}

class Sequential final : public Comparison {
 public:
  explicit Sequential(const Check& check) : check_(check), sampler_(make_sampler(check)) {
    memory_.channels = sampler_->channels();
  }

  Finding compare(const Window& window) override {
    if (!test_ && is_ready(window)) start(window);
    if (test_) take_new_ticks(window);
    return finding(window);
  }

  SequentialState save() const override {
    if (!test_) return {};
    SequentialMemory memory = memory_;
    memory.sampler = sampler_->memory();
    return {encode(memory)};
  }

  void restore(const SequentialState& state) override {
    auto memory = decode_memory(state.bytes);
    if (!memory || memory->channels != sampler_->channels() || memory->window_samples == 0 ||
        static_cast<double>(memory->window_samples) > window_samples_max)
      return;
    memory_ = std::move(*memory);
    sampler_ = make_sampler(check_);
    sampler_->remember(memory_.sampler);
    begin_test();
    const std::vector<Sample> samples = std::exchange(memory_.samples, {});
    for (const Sample& sample : samples) judge(sample);
  }

 private:
  void start(const Window& window) {
    const double tick_s = usual_tick_s(window);
    const double window_ticks = std::max(1.0, seconds(window.length) / tick_s);
    const double samples_max = memory_.channels > wide_channels || check_.kind == CheckKind::gauge
                                   ? window_samples_max_of_wide
                                   : window_samples_max;
    double per_sample = std::ceil(window_ticks / samples_max - 1e-9);
    if (check_.kind == CheckKind::gauge)
      per_sample = std::max(per_sample, std::round(gauge_sample_s / tick_s));
    per_sample = std::max(1.0, per_sample);
    memory_.ticks_per_sample = static_cast<std::size_t>(per_sample);
    memory_.window_samples = static_cast<std::size_t>(std::max(1.0, std::round(window_ticks / per_sample)));
    memory_.groups =
        MemberGroups(window.baseline.members, static_cast<std::size_t>(std::max(1, window.canary.targets)));
    memory_.pending = empty_sample();
    memory_.newest_ms = std::numeric_limits<std::int64_t>::min();
    for (const Tick& tick : window.ticks)
      if (tick.at <= window.deployed_at && add(window, tick)) memory_.history.push_back(take_pending());
    // What is left of the history is too short for a sample, and none of the canary's.
    memory_.pending = empty_sample();
    memory_.pending_ticks = 0;
    begin_test();
  }

  Sample empty_sample() const {
    Sample sample;
    sample.of_baseline.resize(memory_.groups.groups() * memory_.channels);
    sample.of_canary.resize(memory_.channels);
    return sample;
  }

  void begin_test() {
    TestOptions options;
    options.alpha = check_.alpha;
    options.window_ticks = static_cast<int>(memory_.window_samples);
    options.ticks_max = memory_.history.size() + samples_max();
    options.margin = has_margin(check_);
    test_ = make_check_test(check_, options, memory_.groups.groups(), memory_.history);
    rising_from_ = 0;
    breached_at_.reset();
  }

  std::size_t samples_max() const {
    return static_cast<std::size_t>(std::ceil(static_cast<double>(memory_.window_samples) * beyond_window));
  }

  // Adds a tick to the pending sample; true when that is full.
  bool add(const Window& window, const Tick& tick) {
    const bool after_deploy = tick.at > window.deployed_at;
    memory_.pending.length_s = longer_by(memory_.pending.length_s, tick.length);
    memory_.pending.lenient = memory_.pending.lenient || (after_deploy && !tick.judged);
    memory_.newest_ms = milliseconds(tick.at - window.deployed_at);
    Tick seen = tick;
    if (memory_.groups.groups() == 0) seen.baseline.clear();
    if (!after_deploy) seen.canary.clear();
    sampler_->add(window, seen, memory_.groups, memory_.pending);
    return ++memory_.pending_ticks >= memory_.ticks_per_sample;
  }

  Sample take_pending() {
    memory_.pending_ticks = 0;
    return std::exchange(memory_.pending, empty_sample());
  }

  void take_new_ticks(const Window& window) {
    for (const Tick& tick : window.ticks) {
      const std::int64_t at_ms = milliseconds(tick.at - window.deployed_at);
      if (tick.at <= window.deployed_at || at_ms <= memory_.newest_ms) continue;
      if (memory_.samples.size() >= samples_max()) return;
      if (add(window, tick)) judge(take_pending());
    }
  }

  void judge(Sample sample) {
    test_->observe(sample);
    memory_.samples.push_back(std::move(sample));
    const Evidence& evidence = test_->evidence();
    if (!breached_at_ && evidence.log_evidence < log_rising) rising_from_ = memory_.samples.size();
    if (!breached_at_ && evidence.log_evidence >= log_needed()) breached_at_ = memory_.samples.size();
  }

  // A check that shares alpha with others must be surer when it decides alone.
  double log_needed() const { return -std::log(check_.alpha * check_.alpha_share); }

  // Of the deploy's age when so many samples were full.
  double elapsed_s(std::size_t samples) const {
    double at = static_cast<double>(memory_.newest_ms) / 1000 - memory_.pending.length_s;
    for (std::size_t i = samples; i < memory_.samples.size(); ++i) at -= memory_.samples[i].length_s;
    return std::max(0.0, at);
  }

  // Of the newest samples; everything when there are fewer.
  double newest_events(std::size_t samples) const {
    double sum = 0;
    const std::size_t first = memory_.samples.size() - std::min(samples, memory_.samples.size());
    for (std::size_t i = first; i < memory_.samples.size(); ++i) sum += memory_.samples[i].of_canary[0];
    return sum;
  }

  Finding finding(const Window& window) const {
    Finding out;
    out.check = check_.name;
    out.kind = check_.kind;
    out.severity = check_.severity;
    out.unit = check_.unit;
    SequentialStory story{check_, window, test_ ? test_->evidence() : Evidence{}};
    story.left_out = left_out(window, story.evidence);
    describe_sides(window, out, story);
    out.log_evidence = story.evidence.log_evidence;
    out.log_evidence_max = story.evidence.log_evidence_max;
    out.evidence = std::clamp(story.evidence.log_evidence / log_needed(), 0.0, 1.0);
    if (story.evidence.ratio) out.times_baseline = {story.evidence.ratio->low, story.evidence.ratio->high};
    decide(window, out, story);
    if (out.outcome == Outcome::not_enough_data) out.requests_needed = requests_needed(out, story);
    out.sentence = sequential_sentence(out, story);
    return out;
  }

  // A breach is described by the numbers since it began; everything else by the whole window's.
  void describe_sides(const Window& window, Finding& out, SequentialStory& story) const {
    Instant from = window.deployed_at;
    if (breached_at_) {
      out.since = window.deployed_at + from_seconds(elapsed_s(std::min(rising_from_, *breached_at_ - 1)));
      out.decided_at = window.deployed_at + from_seconds(elapsed_s(*breached_at_));
      from = *out.since;
    }
    const WindowSum sum = sum_since(window, from);
    out.canary = {sum.canary.value(check_, window.bounds), sum.canary.total};
    out.baseline = {sum.baseline.value(check_, window.bounds), sum.baseline.total};
    story.seen_s = seconds(sum.length);
    const LimitReading reading = hold_against_limits(check_, out.canary.value, out.baseline.value);
    out.limit = reading.tightest();
    const WindowSum newest = sum_since(window, window.now - from_seconds(newest_s()));
    story.newest_canary = {newest.canary.value(check_, window.bounds), newest.canary.total};
    story.newest_baseline = {newest.baseline.value(check_, window.bounds), newest.baseline.total};
    story.over_now =
        hold_against_limits(check_, story.newest_canary.value, story.newest_baseline.value).over();
  }

  double newest_s() const {
    const std::size_t count = std::min(silent_samples, memory_.samples.size());
    double sum = -1e-3;  // ticks end a little off
    for (std::size_t i = memory_.samples.size() - count; i < memory_.samples.size(); ++i)
      sum += memory_.samples[i].length_s;
    return sum;
  }

  void decide(const Window& window, Finding& out, const SequentialStory& story) const {
    const Evidence& evidence = story.evidence;
    const bool baseline_is_needed = check_.max_increase.has_value();
    const bool blind = !sees(window.canary) || (baseline_is_needed && !sees(window.baseline));
    const bool passed = evidence.log_inside && *evidence.log_inside >= log_sure_inside;
    out.judges_warmup = true;
    if (breached_at_) {
      out.outcome = Outcome::breach;
      out.blast_radius = blast_radius(window, out.limit);
    } else if (blind) {
      out.outcome = Outcome::source_error;
    } else if ((evidence.shared_outage || evidence.baseline_over_limit) && story.over_now) {
      out.outcome = Outcome::breach;
      out.shared_failure = true;
      out.canary = story.newest_canary;
      out.baseline = story.newest_baseline;
    } else if (passed && evidence.log_evidence <= log_suspicious) {
      out.outcome = Outcome::healthy;
    } else {
      out.outcome = Outcome::not_enough_data;
      out.suspicious = evidence.log_evidence > log_suspicious;
      out.nothing_seen = !out.suspicious && newest_events(silent_samples) <= 0;
    }
  }

  // Names, when a group is one member; its number otherwise.
  std::vector<std::string> left_out(const Window& window, const Evidence& evidence) const {
    std::vector<std::string> names;
    MemberGroups groups = memory_.groups;
    for (const std::size_t group : evidence.left_out)
      for (const std::string& member : window.baseline.members)
        if (groups.group_of(member) == group) names.push_back(member);
    return names;
  }

  std::vector<std::string> blast_radius(const Window& window, std::optional<double> limit) const {
    constexpr std::size_t shown = 3;
    std::vector<std::string> values;
    if (check_.kind != CheckKind::ratio || !limit) return values;
    for (const Slice& slice : window.slices) {
      if (values.size() == shown) break;
      if (slice.canary_total > 0 && slice.canary_bad / slice.canary_total > *limit)
        values.push_back(slice.value);
    }
    return values;
  }

  Check check_;
  std::unique_ptr<Sampler> sampler_;
  SequentialMemory memory_;
  std::unique_ptr<CheckTest> test_;
  std::size_t rising_from_ = 0;             // samples before the evidence began to rise
  std::optional<std::size_t> breached_at_;  // samples until the breach
};

}  // namespace

std::unique_ptr<Comparison> make_sequential(const Check& check) {
  return std::make_unique<Sequential>(check);
}

}  // namespace davy::judge
