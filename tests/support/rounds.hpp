#pragma once

// Rounds of a collector without a network: what each target exposes is written as text and read by the real
// parser.

#include "collector/parse/reading_sink.hpp"
#include "collector/store/window_builder.hpp"

#include <doctest/doctest.h>
#include <map>
#include <string>

namespace davy::test {

inline Selector select(std::string_view text) {
  SelectorProblem problem;
  auto selector = parse_selector(text, problem);
  REQUIRE_MESSAGE(selector.has_value(), problem.message);
  return *selector;
}

inline Check ratio_check() {
  Check check;
  check.name = "errors";
  check.errors = select("requests_total{code=~\"5..\"}");
  check.total = select("requests_total");
  return check;
}

inline Check latency_check() {
  Check check;
  check.name = "latency";
  check.kind = CheckKind::latency;
  check.unit = Unit::seconds;
  check.histogram = select("latency_seconds");
  check.quantile = 0.99;
  check.max = 0.5;
  return check;
}

inline Check restarts_check() {
  Check check;
  check.name = "restarts";
  check.kind = CheckKind::restarts;
  check.unit = Unit::count;
  return check;
}

inline Check gauge_check() {
  Check check;
  check.name = "memory";
  check.kind = CheckKind::gauge;
  check.gauge = select("memory_bytes");
  return check;
}

class Rounds {
 public:
  explicit Rounds(std::vector<Check> checks,
                  collector::WindowOptions options = {Duration::zero(), std::chrono::minutes(10)},
                  SideSpec canary = {}, SideSpec baseline = {})
      : builder_(*collector::WindowBuilder::create(std::move(checks), std::move(canary), std::move(baseline),
                                                   options)) {}

  // What the next round finds there; an empty name for both sides at once.
  Rounds& canary(const std::string& target, const std::string& body) {
    return say(target, body, true, false);
  }
  Rounds& baseline(const std::string& target, const std::string& body) {
    return say(target, body, false, true);
  }
  Rounds& both(const std::string& target, const std::string& body) { return say(target, body, true, true); }
  Rounds& down(const std::string& target, bool is_canary) {
    TargetReading reading = blank(target, is_canary, !is_canary);
    reading.problem = Error(ErrorKind::unreachable, "scrape " + target + ": connection refused");
    batch_.readings.push_back(std::move(reading));
    return *this;
  }
  // What the platform says of one instance of the next round.
  Rounds& instance(const std::string& target, bool is_canary, std::int64_t restarts,
                   const std::string& trouble = "") {
    batch_.instances.push_back({target, is_canary, restarts, trouble});
    return *this;
  }
  // The next round finds the canary in the baseline's place.
  Rounds& replaced() {
    batch_.baseline_replaced = true;
    return *this;
  }
  Rounds& server_time(double unix_seconds) {
    batch_.readings.back().server_time = unix_seconds;
    return *this;
  }

  // Ends the round, five seconds after the last one.
  Rounds& go(Duration later = std::chrono::seconds(5)) {
    now_ += later;
    batch_.at = now_;
    for (TargetReading& reading : batch_.readings) reading.at = now_;
    builder_.add(batch_);
    batch_ = {};
    return *this;
  }
  Rounds& deploy() {
    builder_.start_release(now_);
    return *this;
  }

  const Window& window(std::string_view check) const {
    const Window* const found = builder_.window(check);
    REQUIRE(found != nullptr);
    return *found;
  }
  // The newest tick of a member, by its place.
  const MemberTick& canary_tick(std::string_view check, std::size_t member = 0) const {
    return window(check).ticks.back().canary.at(member);
  }
  const MemberTick& baseline_tick(std::string_view check, std::size_t member = 0) const {
    return window(check).ticks.back().baseline.at(member);
  }
  collector::WindowBuilder& builder() { return builder_; }
  Instant now() const { return now_; }

 private:
  TargetReading blank(const std::string& target, bool for_canary, bool for_baseline) {
    TargetReading reading;
    reading.target = target;
    reading.url = "http://" + target + "/metrics";
    reading.for_canary = for_canary;
    reading.for_baseline = for_baseline;
    return reading;
  }

  Rounds& say(const std::string& target, const std::string& body, bool for_canary, bool for_baseline) {
    TargetReading reading = blank(target, for_canary, for_baseline);
    const auto sink = sinks_.try_emplace(target, builder_.wanted(), Labels()).first;
    const auto format = body.ends_with("# EOF\n") ? collector::ExpositionFormat::openmetrics
                                                  : collector::ExpositionFormat::text;
    auto read = sink->second.read(body, format, {});
    if (read) {
      reading.samples = std::move(read->samples);
      reading.duplicate_samples = read->duplicates;
      reading.process_start_time = read->process_start_time;
    } else {
      reading.problem = read.error();
    }
    batch_.readings.push_back(std::move(reading));
    return *this;
  }

  collector::WindowBuilder builder_;
  std::map<std::string, collector::ReadingSink> sinks_;
  Batch batch_;
  Instant now_{std::chrono::hours(1)};
};

// requests_total{code="200"} and {code="500"}.
inline std::string requests(double good, double bad) {
  return "requests_total{code=\"200\"} " + std::to_string(good) + "\nrequests_total{code=\"500\"} " +
         std::to_string(bad) + "\n";
}

inline std::string started(double unix_seconds) {
  return "process_start_time_seconds " + std::to_string(unix_seconds) + "\n";
}

}  // namespace davy::test
