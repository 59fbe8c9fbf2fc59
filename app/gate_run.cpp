#include "app/gate_run.hpp"

#include "core/base/duration_text.hpp"
#include "core/base/text.hpp"

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

  ExitCode run(const std::vector<config::Policy>& policies) {
    FleetOptions options = fleet_options(flags_);
    const bool progress = flags_.log == "text";
    if (progress) options.watch.log_level = telemetry::Level::error;
    options.watch.on_round = [this, progress](const GuardSnapshot& snapshot) {
      if (progress) console_.show(snapshot);
      outputs_.round(snapshot);
    };
    auto fleet = Fleet::create(loop_, policies, std::move(options));
    if (!fleet) return failed_to_start(fleet.error());
    fleet_ = fleet->get();
    Watch& watch = *fleet_->watches().front();
    if (watch.snapshot().phase == Phase::idle) start_now(watch, flags_);
    say_where_it_listens(*fleet_);
    asio::signal_set signals(loop_, SIGINT, SIGTERM);
    stop_on(signals);
    asio::steady_timer timeout(loop_);
    arm(timeout);
    const ExitCode code = fleet_->run(true);
    console_.finish();
    return conclude(watch, code);
  }

 private:
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

  bool acting() const {
    const Phase phase = fleet_->watches().front()->so_far().end;
    return phase == Phase::rolling_back || phase == Phase::verifying || is_end(phase);
  }

  void stop(ExitCode because, const std::string& by, bool at_once) {
    if (!stopped_by_) {
      stopped_by_ = by;
      console_.finish();
      write(make_partial_account(fleet_->watches().front()->so_far(), because, by));
    }
    at_once = at_once || !acting();
    left_at_once_ = at_once;
    fleet_->stop(because);
    if (at_once) loop_.stop();
  }

  ExitCode conclude(Watch& watch, ExitCode code) {
    const auto& ended = watch.last_incident();
    if (ended) {
      const report::GateAccount account = make_account(*ended, code, flags_.inconclusive_as());
      write(account);
      return static_cast<ExitCode>(account.exit_code);
    }
    if (stopped_by_ && !left_at_once_) {
      write(make_partial_account(watch.so_far(), code, *stopped_by_));  // what was done meanwhile
    } else if (!stopped_by_) {
      fmt::print(stderr, "davy: ended before a verdict\n");
      code = ExitCode::timed_out;
    }
    return code;
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
  Fleet* fleet_ = nullptr;  // of run()
  std::optional<std::string> stopped_by_;
  bool left_at_once_ = false;  // nothing happened after the partial report
};

}  // namespace

ExitCode run_gate(const GateFlags& flags, GateOutputs outputs) {
  const auto policies = load_policies(flags.policies);
  if (!policies) return ExitCode::policy_invalid;
  if (policies->size() != 1) {
    fmt::print(stderr, "davy: a gate judges one policy; name its file\n");
    return ExitCode::usage;
  }
  return GateRun(flags, std::move(outputs)).run(*policies);
}

}  // namespace davy::app
