// The sequential test of a gauge: a bet on the canary's mean over blocks of 15 s.
//
// A block's stake is how far the canary is beyond the limit in units of four times the spread between control
// groups, at most 1. The same bet of every control group against the rest of the baseline says how much a
// healthy instance wins, by wandering or because instances differ; the canary must win more.

#include "judge/sequential/bet.hpp"
#include "judge/sequential/check_test.hpp"
#include "judge/sequential/control_factor.hpp"
#include "judge/sequential/log_sum.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>

namespace davy::judge {
namespace {

constexpr double block_s = 15;
constexpr double spreads = 4;
constexpr double spread_min = 0.01;  // of the baseline's level: a constant gauge is not infinitely exact
constexpr std::size_t blocks_between_cohorts = 5;
constexpr double control_chance = 0.05;
constexpr double margin_groups_min = 10;

struct Mean {
  double count = 0, sum = 0;
  std::optional<double> value() const { return count > 0 ? std::optional(sum / count) : std::nullopt; }
};

struct Block {
  std::vector<Mean> groups;
  Mean canary;
  double length_s = 0;
  bool lenient = false;
};

// The bets of every group against the others and the others against it, from one block on.
struct Cohort {
  std::vector<Bet> bets;
  std::vector<double> largest_until;
};

class GaugeTest final : public CheckTest {
 public:
  GaugeTest(const Check& check, const TestOptions& options, std::size_t groups,
            const std::vector<Sample>& history)
      : check_(check),
        groups_(groups),
        log_threshold_(-std::log(options.alpha)),
        blocks_(options.window_ticks),
        relative_(blocks_),
        absolute_(blocks_),
        guard_(blocks_) {
    const double reckoned = options.trust_margin && options.margin
                                ? std::max(static_cast<double>(groups), margin_groups_min)
                                : static_cast<double>(groups);
    if (groups >= 2) {
      factor_ = control_factor(static_cast<std::size_t>(reckoned), options.alpha * control_chance);
      usual_ = std::log(reckoned);
    }
    block_.groups.resize(groups);
    for (const Sample& sample : history) {
      evidence_.history_s += sample.length_s;
      gather(sample);
      if (!is_full(sample)) continue;
      if (history_blocks_++ % blocks_between_cohorts == 0) begin_cohort();
      close_baseline();
      clear_block();
    }
    clear_block();
    stopped_ = std::move(running_);
    running_.clear();
    begin_cohort();
    evidence_.groups = groups;
  }

  void observe(const Sample& sample) override {
    gather(sample);
    if (!is_full(sample)) return;
    close_baseline();
    if (!block_.lenient) test();
    weigh();
    clear_block();
  }
  const Evidence& evidence() const override { return evidence_; }

 private:
  // Closed when what is missing is less than what the next tick would be too much: scrapes are never on time.
  bool is_full(const Sample& newest) const { return block_.length_s >= block_s - newest.length_s / 2; }

  void gather(const Sample& sample) {
    for (std::size_t k = 0; k < groups_; ++k) {
      block_.groups[k].count += sample.of_baseline[2 * k];
      block_.groups[k].sum += sample.of_baseline[2 * k + 1];
    }
    block_.canary.count += sample.of_canary[0];
    block_.canary.sum += sample.of_canary[1];
    block_.length_s += sample.length_s;
    block_.lenient = block_.lenient || sample.lenient;
  }

  void clear_block() {
    block_ = Block{};
    block_.groups.resize(groups_);
  }

  void begin_cohort() {
    Cohort& cohort = running_.emplace_back();
    cohort.bets.assign(2 * groups_, Bet(blocks_));
  }

  // Between the groups; with one group, between successive blocks.
  void learn_spread(const std::vector<double>& values) {
    double square = 0;
    if (values.size() >= 2) {
      const double mean = *level_;
      for (const double value : values) square += (value - mean) * (value - mean);
      square /= static_cast<double>(values.size() - 1);
    } else if (before_) {
      square = (values.front() - *before_) * (values.front() - *before_) / 2;
    } else {
      before_ = values.front();
      return;
    }
    before_ = values.front();
    square_sum_ += square;
    ++squares_;
  }

  double spread() const {
    const double seen = squares_ > 0 ? std::sqrt(square_sum_ / squares_) : std::abs(level_.value_or(0));
    return std::max({seen, spread_min * std::abs(level_.value_or(check_.max.value_or(1))), 1e-12});
  }

  double stake(double over) const { return std::clamp(over / (spreads * spread()), -1.0, 1.0); }

  void close_baseline() {
    std::vector<double> values;
    double sum = 0;
    for (const Mean& group : block_.groups)
      if (const auto value = group.value()) {
        values.push_back(*value);
        sum += *value;
      }
    level_.reset();
    if (!values.empty()) {
      level_ = sum / static_cast<double>(values.size());
      learn_spread(values);
    }
    for (Cohort& cohort : running_) push_controls(cohort, sum, static_cast<double>(values.size()));
  }

  void push_controls(Cohort& cohort, double sum, double count) {
    double largest = cohort.largest_until.empty() ? 0 : cohort.largest_until.back();
    for (std::size_t k = 0; k < groups_; ++k) {
      const auto value = block_.groups[k].value();
      if (!value || count < 2) continue;
      const double rest = (sum - *value) / (count - 1);
      cohort.bets[2 * k].push(stake(*value - rest));
      cohort.bets[2 * k + 1].push(stake(rest - *value));
    }
    for (const Bet& bet : cohort.bets) largest = std::max(largest, bet.log_value());
    cohort.largest_until.push_back(largest);
  }

  std::optional<double> relative_limit() const {
    if (!check_.max_increase || !level_) return std::nullopt;
    const bool relative = check_.max_increase->kind == Increase::Kind::relative;
    const double allowed =
        relative ? std::abs(*level_) * check_.max_increase->amount : check_.max_increase->amount;
    return *level_ + std::max(allowed, check_.ignore_increase_below);
  }

  void test() {
    const auto value = block_.canary.value();
    evidence_.baseline_over_limit = check_.max && level_ && *level_ > *check_.max;
    if (!value) return;
    if (const auto limit = relative_limit()) {
      relative_.push(stake(*value - *limit));
      inside_relative_.push(stake(*limit - *value));
    }
    if (level_) guard_.push(stake(*value - *level_));
    if (!check_.max) return;
    if (!evidence_.baseline_over_limit) absolute_.push(stake(*value - *check_.max));
    inside_absolute_.push(stake(*check_.max - *value));
  }

  double control_largest() const {
    const std::size_t age = running_.front().largest_until.size();
    double largest = 0;
    for (const auto* cohorts : {&stopped_, &running_})
      for (const Cohort& cohort : *cohorts)
        if (!cohort.largest_until.empty())
          largest = std::max(largest, cohort.largest_until[std::min(age, cohort.largest_until.size()) - 1]);
    return largest;
  }

  void weigh() {
    evidence_.control_largest = groups_ >= 2 ? control_largest() : 0;
    evidence_.need = std::max(log_threshold_, factor_ * (evidence_.control_largest - usual_));
    const double scale = log_threshold_ / evidence_.need;
    const double guard = guard_.log_value() * scale;
    evidence_.log_inside.reset();
    const auto inside = [&](double log) {
      evidence_.log_inside = std::min(evidence_.log_inside.value_or(log * scale), log * scale);
    };
    if (check_.max_increase) {
      evidence_.log_relative = relative_.log_value() * scale;
      inside(inside_relative_.log_value());
    }
    if (check_.max) {
      const double log = absolute_.log_value() * scale;
      evidence_.log_absolute = level_ ? std::min(log, guard) : log;
      inside(inside_absolute_.log_value());
    }
    evidence_.log_evidence = evidence_.log_relative && evidence_.log_absolute
                                 ? log_mean(*evidence_.log_relative, *evidence_.log_absolute)
                             : evidence_.log_relative ? *evidence_.log_relative
                                                      : *evidence_.log_absolute;
    evidence_.log_evidence_max = std::max(evidence_.log_evidence_max, evidence_.log_evidence);
  }

  Check check_;
  std::size_t groups_;
  double log_threshold_;
  int blocks_;  // of the window
  double factor_ = 0, usual_ = 0;
  Block block_;
  std::size_t history_blocks_ = 0;
  std::deque<Cohort> stopped_, running_;
  std::optional<double> level_, before_;  // the baseline's level in this block; of a single group, before
  double square_sum_ = 0, squares_ = 0;
  Bet relative_, absolute_, guard_;
  Bet inside_relative_, inside_absolute_;  // at the first block only: about the whole window
  Evidence evidence_;
};

}  // namespace

std::unique_ptr<CheckTest> make_gauge_check_test(const Check& check, const TestOptions& options,
                                                 std::size_t groups, const std::vector<Sample>& history) {
  return std::make_unique<GaugeTest>(check, options, groups, history);
}

}  // namespace davy::judge
