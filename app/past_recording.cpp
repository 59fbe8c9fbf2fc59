#include "app/past_recording.hpp"

#include "collector/promql/promql_source.hpp"
#include "core/net/dns.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

namespace davy::app {
namespace asio = boost::asio;
namespace {

constexpr Duration history = std::chrono::minutes(5);

class PastClock final : public Clock {
 public:
  explicit PastClock(WallTime begin) : begin_(begin) {}
  Instant now() const override { return Instant(std::chrono::hours(1)) + since_; }
  WallTime wall() const override {
    return begin_ + std::chrono::duration_cast<std::chrono::milliseconds>(since_);
  }
  void set(Duration since) { since_ = since; }

 private:
  WallTime begin_;
  Duration since_{};
};

// The minutes before in one question, and then a round as often as the policy says.
asio::awaitable<void> rounds(collector::MetricSource& source, PastClock& clock, const config::Policy& policy,
                             const config::PastDeploy& deploy, collector::recording::Recording& out) {
  clock.set(history);
  auto remembering = source.history(clock.now());
  for (Batch& batch : co_await std::move(remembering)) {
    collector::recording::Round round;
    round.batch = std::move(batch);
    out.rounds.push_back(std::move(round));
  }
  for (Duration since = history; since <= history + policy.window; since += policy.scrape.interval) {
    clock.set(since);
    collector::recording::Round round;
    if (since == history) {
      OperatorRequest begin;
      begin.kind = OperatorRequest::Kind::start_release;
      begin.release = deploy.release;
      round.requests.push_back({std::move(begin), clock.now()});
    }
    auto collecting = source.collect(clock.now());
    round.batch = co_await std::move(collecting);
    out.rounds.push_back(std::move(round));
  }
}

std::optional<Error> never_answered(const collector::recording::Recording& recording) {
  std::optional<Error> problem;
  for (const auto& round : recording.rounds) {
    for (const TargetReading& reading : round.batch.readings) {
      if (!reading.problem) return std::nullopt;
      problem = reading.problem;
    }
    for (const QueryValue& query : round.batch.queries)
      if (!query.problem) return std::nullopt;
  }
  return problem;
}

}  // namespace

Result<config::Policy> policy_of(const config::Policy& policy, const config::PastDeploy& deploy,
                                 const std::string& prometheus_url) {
  config::Policy out = policy;
  for (SideSpec* side : {&out.canary, &out.baseline}) {
    const auto& own = side == &out.canary ? deploy.canary : deploy.baseline;
    if (own) side->where = own;
    if (side->prometheus) continue;
    if (prometheus_url.empty())
      return Error(ErrorKind::invalid,
                   "the policy names no server that remembers the past; add --prometheus URL");
    SideSpec asked;
    asked.where = side->where;
    asked.members = side->members.empty() ? "instance" : side->members;
    asked.min_targets = side->min_targets;
    asked.prometheus.emplace();
    asked.prometheus->url = prometheus_url;
    *side = std::move(asked);
  }
  const bool raw = std::any_of(out.checks.begin(), out.checks.end(),
                               [](const Check& check) { return check.kind != CheckKind::promql; });
  if (raw && out.canary.where == out.baseline.where)
    return Error(
        ErrorKind::invalid,
        fmt::format(
            "{}: both sides would be the same series; say what tells them apart, in the file of deploys: "
            "canary: '{{version=\"41\"}}', baseline: '{{version=\"40\"}}'",
            deploy.release));
  return out;
}

Result<collector::recording::Recording> record_past(const config::Policy& policy,
                                                    const config::PastDeploy& deploy) {
  asio::io_context loop;
  const auto clock =
      std::make_shared<PastClock>(deploy.at - std::chrono::duration_cast<std::chrono::milliseconds>(history));
  collector::recording::Recording out;
  out.head.service = policy.service;
  out.head.interval = policy.scrape.interval;
  out.head.since = clock->now();
  out.head.wall = clock->wall();
  ScrapeSpec patient = policy.scrape;
  patient.timeout = std::max<Duration>(patient.timeout, std::chrono::seconds(20));
  collector::PromqlSource source(loop.get_executor(), std::make_shared<net::Resolver>(loop.get_executor()),
                                 clock, patient, policy.checks, policy.canary, policy.baseline, true);
  std::exception_ptr failure;
  asio::co_spawn(loop, rounds(source, *clock, policy, deploy, out), [&](std::exception_ptr e) {
    failure = e;
    loop.stop();
  });
  loop.run();
  if (failure) std::rethrow_exception(failure);
  if (auto problem = never_answered(out)) return *problem;
  return out;
}

}  // namespace davy::app
