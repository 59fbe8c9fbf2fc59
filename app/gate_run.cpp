#include "app/gate_run.hpp"

#include "app/gate_steps.hpp"
#include "core/base/duration_text.hpp"
#include "core/base/text.hpp"
#include "core/net/dns.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <fmt/format.h>

namespace davy::app {
namespace asio = boost::asio;
namespace {

class GateRun {
 public:
  GateRun(const GateFlags& flags, GateOutputs outputs)
      : flags_(flags), outputs_(std::move(outputs)), console_(flags.wanted_colour()) {}

  ExitCode run(const config::Policy& policy) {
    asio::signal_set signals(loop_, SIGINT, SIGTERM);
    stop_on(signals);
    asio::steady_timer timeout(loop_);
    arm(timeout);
    return flags_.steps ? run_steps(policy) : run_window(policy);
  }

 private:
  ExitCode run_window(const config::Policy& policy) {
    const auto code = watch(policy, flags_);
    console_.finish();
    return code ? conclude(current(), *code) : failed_to_start(code.error());
  }

  ExitCode run_steps(const config::Policy& policy) {
    const WallTime began = SystemClock().wall();
    const std::string release = flags_.release.empty()
                                    ? fmt::format("{}-{}", policy.service, began.time_since_epoch().count())
                                    : flags_.release;
    steps_.emplace(policy.service, release, flags_.revision, began);
    ExitCode code = ExitCode::pass;
    for (std::size_t i = 0; i < policy.steps.size(); ++i) {
      const std::string& name = policy.steps[i].name;
      fmt::print(stderr, "davy: step {} of {}: {}\n", i + 1, policy.steps.size(), printable(name));
      fleet_ = nullptr;
      const bool taken = take(policy, i, release);
      if (stopped_by_) return *stopped_with_;
      if (!taken) {
        steps_->gave_up(name, SystemClock().wall());
        code = ExitCode::action_failed;
        break;
      }
      config::Policy window = policy;
      window.window = policy.steps[i].window;
      if (i + 1 < policy.steps.size()) window.on_pass.clear();
      WatchFlags flags = flags_;
      flags.release = fmt::format("{}.{}", release, i + 1);
      if (!flags.fleet.watch.record_file.empty())
        flags.fleet.watch.record_file += fmt::format(".{}", i + 1);  // each window has its own
      const auto watched = watch(window, flags);
      console_.finish();
      if (!watched) return failed_to_start(watched.error());
      code = *watched;
      if (!current().last_incident()) return conclude(current(), code);
      steps_->window_over(name, *current().last_incident());
      if (code != ExitCode::pass && !counts_as_pass(code)) break;
    }
    return conclude(steps_->incident(), code);
  }

  bool counts_as_pass(ExitCode code) const {
    const InconclusiveAs as = flags_.inconclusive_as();
    return code == ExitCode::inconclusive && (as == InconclusiveAs::pass || as == InconclusiveAs::warn);
  }

  // True when every action of the step was accepted.
  bool take(const config::Policy& policy, std::size_t step, const std::string& release) {
    const auto resolver = std::make_shared<net::Resolver>(loop_.get_executor());
    clusters_.push_back(std::make_unique<Cluster>(loop_.get_executor(), resolver));
    std::vector<ActionRecord> records;
    std::exception_ptr failure;
    asio::co_spawn(loop_,
                   take_step(loop_, *clusters_.back(), resolver, policy, step, release, flags_.revision),
                   [&](std::exception_ptr e, std::vector<ActionRecord> done) {
                     failure = e;
                     records = std::move(done);
                     loop_.stop();
                   });
    loop_.restart();
    loop_.run();
    if (failure) std::rethrow_exception(failure);
    steps_->performed(policy.steps[step].name, records, SystemClock().wall());
    return !records.empty() && records.back().accepted;
  }

  // One release, to its end or ours. What it was watched with is kept: the loop may still know it.
  Result<ExitCode> watch(const config::Policy& policy, const WatchFlags& flags) {
    FleetOptions options = fleet_options(flags);
    const bool progress = flags_.log == "text";
    if (progress) options.watch.log_level = telemetry::Level::error;
    options.watch.on_round = [this, progress](const GuardSnapshot& snapshot) {
      if (progress) console_.show(snapshot);
      outputs_.round(snapshot);
    };
    auto fleet = Fleet::create(loop_, {policy}, std::move(options));
    if (!fleet) return fleet.error();
    fleets_.push_back(std::move(*fleet));
    fleet_ = fleets_.back().get();
    if (current().snapshot().phase == Phase::idle) start_now(current(), flags);
    say_where_it_listens(*fleet_);
    loop_.restart();
    return fleet_->run(true);
  }

  void stop_on(asio::signal_set& signals) {
    signals.async_wait([this, &signals](boost::system::error_code ec, int signal) {
      if (ec) return;
      const bool again = stopped_by_.has_value();
      const bool interrupted = signal == SIGINT;
      stop(interrupted ? ExitCode::interrupted : ExitCode::terminated, interrupted ? "SIGINT" : "SIGTERM",
           again);
      stop_on(signals);
    });
  }

  void arm(asio::steady_timer& timeout) {
    if (flags_.timeout.empty()) return;
    timeout.expires_after(*parse_duration(flags_.timeout));
    timeout.async_wait([this](boost::system::error_code ec) {
      // Once there is a verdict, its rollback has deadlines of its own.
      if (!ec && !stopped_by_ && !acting()) stop(ExitCode::timed_out, "--timeout " + flags_.timeout, true);
    });
  }

  Watch& current() const { return *fleet_->watches().front(); }

  Incident so_far() const {
    if (fleet_ == nullptr) {  // between two windows
      Incident incident = steps_->incident();
      incident.end = Phase::warming_up;
      return incident;
    }
    return steps_ ? steps_->with(current().so_far()) : current().so_far();
  }

  bool acting() const {
    if (fleet_ == nullptr) return false;
    const Phase phase = current().so_far().end;
    return phase == Phase::rolling_back || phase == Phase::verifying || is_end(phase);
  }

  void stop(ExitCode because, const std::string& by, bool at_once) {
    if (!stopped_by_) {
      stopped_by_ = by;
      stopped_with_ = because;
      console_.finish();
      write(make_partial_account(so_far(), because, by));
    }
    left_at_once_ = at_once || !acting();
    if (fleet_ != nullptr) fleet_->stop(because);
    if (left_at_once_) loop_.stop();
  }

  ExitCode conclude(Watch& watch, ExitCode code) {
    if (watch.last_incident()) return conclude(*watch.last_incident(), code);
    if (stopped_by_ && !left_at_once_) {
      write(make_partial_account(so_far(), code, *stopped_by_));  // what was done meanwhile
    } else if (!stopped_by_) {
      fmt::print(stderr, "davy: ended before a verdict\n");
      code = ExitCode::timed_out;
    }
    return code;
  }

  ExitCode conclude(const Incident& ended, ExitCode code) {
    const report::GateAccount account = make_account(ended, code, flags_.inconclusive_as());
    write(account);
    return static_cast<ExitCode>(account.exit_code);
  }

  void write(report::GateAccount account) {
    account.policy = flags_.policies.front();
    for (const std::string& problem : outputs_.write(std::move(account)))
      fmt::print(stderr, "davy: {}\n", printable(problem, 1000));
  }

  const GateFlags& flags_;
  GateOutputs outputs_;
  Console console_;
  asio::io_context loop_;
  std::vector<std::unique_ptr<Cluster>> clusters_;
  std::vector<std::unique_ptr<Fleet>> fleets_;
  Fleet* fleet_ = nullptr;             // that watches now; null while a step is being taken
  std::optional<StepsAccount> steps_;  // with --steps
  std::optional<std::string> stopped_by_;
  std::optional<ExitCode> stopped_with_;
  bool left_at_once_ = false;  // nothing happened after the partial report
};

// Why the policy's steps cannot be taken; empty: they can, or nobody asks.
std::string against_steps(const GateFlags& flags, const config::Policy& policy) {
  if (!flags.steps) return "";
  if (policy.steps.empty()) return "--steps: the policy has no steps; write steps:";
  if (policy.mode == config::Mode::observe)
    return "--steps: mode: observe never acts, so no step can be taken; set mode: enforce";
  if (!flags.fleet.watch.journal.empty())
    return "--steps: a rollout in steps is not resumed; leave --journal out";
  return "";
}

}  // namespace

ExitCode run_gate(const GateFlags& flags, GateOutputs outputs) {
  const auto policies = load_policies(flags.policies);
  if (!policies) return ExitCode::policy_invalid;
  if (policies->size() != 1) {
    fmt::print(stderr, "davy: a gate judges one policy; name its file\n");
    return ExitCode::usage;
  }
  if (const std::string why = against_steps(flags, policies->front()); !why.empty()) {
    fmt::print(stderr, "davy: {}\n", why);
    return ExitCode::usage;
  }
  return GateRun(flags, std::move(outputs)).run(policies->front());
}

}  // namespace davy::app
