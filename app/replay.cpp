#include "app/replay.hpp"

#include "app/policy_parts.hpp"
#include "collector/recording/verdict_digest.hpp"
#include "core/base/text.hpp"
#include "core/journal/memory_journal.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::app {
namespace asio = boost::asio;
namespace recording = collector::recording;
namespace {

class RecordedClock final : public Clock {
 public:
  explicit RecordedClock(const recording::Head& head) : head_(head), now_(head.since) {}
  Instant now() const override { return now_; }
  WallTime wall() const override {
    return head_.wall + std::chrono::duration_cast<std::chrono::milliseconds>(now_ - head_.since);
  }
  void set(Instant now) { now_ = std::max(now_, now); }

 private:
  const recording::Head& head_;
  Instant now_;
};

// One round after another, the clock with them.
class RecordedSource final : public collector::MetricSource {
 public:
  RecordedSource(const recording::Recording& recording, RecordedClock& clock)
      : recording_(recording), clock_(clock) {}
  asio::awaitable<Batch> collect(Instant) override {
    const recording::Round& round = recording_.rounds[next_++];
    clock_.set(round.judged_at.value_or(round.batch.at));
    co_return round.batch;
  }

 private:
  const recording::Recording& recording_;
  RecordedClock& clock_;
  std::size_t next_ = 0;
};

std::string text_at(const boost::json::object& report, std::string_view key) {
  const auto* value = report.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::optional<double> number_at(const boost::json::object& report, std::string_view key) {
  const auto* value = report.if_contains(key);
  return value != nullptr && value->is_number() ? std::optional(value->to_number<double>()) : std::nullopt;
}

std::optional<DecidedThen> decided_then(const recording::Recording& recording, const std::string& release) {
  for (const std::string& text : recording.reports) {
    boost::json::error_code ec;
    const auto parsed = boost::json::parse(text, ec);
    if (ec || !parsed.is_object() || text_at(parsed.as_object(), "release") != release) continue;
    const auto& report = parsed.as_object();
    return DecidedThen{text_at(report, "end"),          text_at(report, "sentence"),
                       text_at(report, "blamed_check"), number_at(report, "detected_s"),
                       number_at(report, "acted_s"),    text_at(report, "policy_digest")};
  }
  return std::nullopt;
}

// One replay of one recording.
class Replay {
 public:
  Replay(const config::Policy& policy, const recording::Recording& recording, const ReplayOptions& options)
      : policy_(policy), recording_(recording), options_(options), clock_(recording.head) {
    if (recording.head.interval > Duration::zero()) policy_.scrape.interval = recording.head.interval;
  }

  Result<std::vector<ReplayedRelease>> run() {
    auto windows = make_windows(policy_);
    if (!windows) return windows.error();
    guard::GuardParts parts;
    parts.executor = loop_.get_executor();
    parts.clock = std::shared_ptr<const Clock>(std::shared_ptr<void>(), &clock_);
    parts.source = std::make_unique<RecordedSource>(recording_, clock_);
    parts.windows = std::make_unique<collector::WindowBuilder>(std::move(*windows));
    parts.judge = make_judge(policy_);
    parts.journal = journal::make_memory_journal();
    parts.emit = [](const telemetry::Event&) {};
    parts.on_verdict = [this](const Verdict& verdict) { compare(verdict); };
    parts.tell = [this](const Incident& incident) { end(incident); };
    guard::GuardOptions how = guard_options(policy_);
    how.observe_only = how.fallbacks.observe_only = true;
    how.checkpoints = false;
    guard::Guard guard(std::move(how), std::move(parts));
    std::exception_ptr failure;
    asio::co_spawn(loop_, rounds(guard), [&](std::exception_ptr e) { failure = e; });
    loop_.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(releases_);
  }

 private:
  asio::awaitable<void> rounds(guard::Guard& guard) {
    bool announced = false;
    for (at_ = 0; at_ < recording_.rounds.size(); ++at_) {
      const recording::Round& round = recording_.rounds[at_];
      clock_.set(round.requests.empty() ? round.batch.at : round.requests.back().at);
      for (const recording::Request& one : round.requests) begin(guard, one.request);
      const bool due =
          options_.release_at && round.batch.at - recording_.rounds.front().batch.at >= *options_.release_at;
      if (due && !std::exchange(announced, true)) {
        OperatorRequest request;
        request.kind = OperatorRequest::Kind::start_release;
        request.release = recording_.head.service + "-replayed";
        begin(guard, request);
      }
      if (open_ && taken_away()) {
        OperatorRequest cancel;
        cancel.kind = OperatorRequest::Kind::cancel;
        guard.request(std::move(cancel));
        open_ = false;
      }
      auto round_of_guard = guard.round();
      co_await std::move(round_of_guard);
    }
  }

  // What an operator did then is not part of what the policy would have done.
  void begin(guard::Guard& guard, const OperatorRequest& request) {
    if (request.kind != OperatorRequest::Kind::start_release) return;
    ReplayedRelease release;
    release.release = request.release;
    release.deployed_at = clock_.wall();
    release.then = decided_then(recording_, request.release);
    releases_.push_back(std::move(release));
    deployed_at_ = clock_.now();
    open_ = true;
    OperatorRequest again = request;
    again.facts.clear();
    guard.request(std::move(again));
  }

  // By the rollback of that time.
  bool taken_away() const {
    const auto& then = releases_.back().then;
    return then && then->acted_s && seconds(clock_.now() - deployed_at_) > *then->acted_s;
  }

  void compare(const Verdict& verdict) {
    if (!open_) return;
    ReplayedRelease& release = releases_.back();
    const recording::Round& round = recording_.rounds[at_];
    ++release.rounds_judged;
    release.sentence = verdict.sentence;
    if (round.judged_at) {
      ++release.rounds_compared;
      if (recording::digest(verdict) == round.verdict) ++release.rounds_same;
    }
    if (options_.on_verdict) options_.on_verdict(verdict, deployed_at_);
  }

  void end(const Incident& incident) {
    if (!open_ || incident.release != releases_.back().release) return;
    open_ = false;
    ReplayedRelease& release = releases_.back();
    release.end = incident.end;
    release.sentence = incident.sentence;
    release.check = incident.verdict.blamed_check;
    release.detected_s = incident.detected_s;
  }

  config::Policy policy_;
  const recording::Recording& recording_;
  const ReplayOptions& options_;
  RecordedClock clock_;
  asio::io_context loop_;
  std::vector<ReplayedRelease> releases_;
  Instant deployed_at_{};
  std::size_t at_ = 0;
  bool open_ = false;  // the newest release is being judged
};

std::optional<Error> not_recorded(const config::Policy& policy, const recording::Head& head) {
  if (head.names.empty()) return std::nullopt;
  for (const std::string& name : collector::names_used_by(policy.checks).names) {
    if (std::find(head.names.begin(), head.names.end(), name) != head.names.end()) continue;
    return Error(
        ErrorKind::invalid,
        fmt::format("{} was not recorded; a recording holds what the checks of its own policy use: {}", name,
                    join(head.names, ", ")));
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<ReplayedRelease>> replay(const config::Policy& policy,
                                            const recording::Recording& recording,
                                            const ReplayOptions& options) {
  if (auto missing = not_recorded(policy, recording.head)) return *missing;
  const bool any = std::any_of(recording.rounds.begin(), recording.rounds.end(), [](const auto& round) {
    return std::any_of(round.requests.begin(), round.requests.end(), [](const auto& one) {
      return one.request.kind == OperatorRequest::Kind::start_release;
    });
  });
  if (!any && !options.release_at) {
    return Error(ErrorKind::invalid,
                 "no release begins in this recording; say when one should: --release-at 1m");
  }
  return Replay(policy, recording, options).run();
}

}  // namespace davy::app
