#include "app/doctor/doctor.hpp"

#include "app/doctor/action_examination.hpp"
#include "app/doctor/histogram_examination.hpp"
#include "app/doctor/place_examination.hpp"
#include "app/doctor/series_examination.hpp"
#include "app/doctor/server_series.hpp"
#include "app/doctor/target_examination.hpp"
#include "app/doctor/traffic_examination.hpp"
#include "app/policy_parts.hpp"
#include "app/sources.hpp"
#include "core/base/duration_text.hpp"
#include "core/net/into.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <fmt/format.h>

namespace davy::app::doctor {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::seconds between_looks_max{5};

// What is shared with whoever ends the examination early.
struct Progress {
  Diagnoses found;
  std::string doing;
};

Diagnoses examine_problems(const config::Policy& policy) {
  Diagnoses found;
  for (const config::Problem& problem : policy.problems->sorted())
    found.push_back({problem.level == config::Problem::Level::error ? Level::failure : Level::warning,
                     "policy", fmt::format("{}:{}: {}", problem.file, problem.line, problem.message),
                     problem.hint});
  if (found.empty())
    found.push_back({Level::ok, "policy", fmt::format("{}, digest {}", policy.file, policy.digest), ""});
  return found;
}

class Examiner {
 public:
  Examiner(asio::any_io_executor executor, const config::Policy& policy, const config::Section& root,
           DoctorOptions options, std::shared_ptr<Progress> progress)
      : executor_(std::move(executor)),
        policy_(policy),
        root_(root),
        options_(std::move(options)),
        progress_(std::move(progress)),
        resolver_(std::make_shared<net::Resolver>(executor_)),
        clock_(std::make_shared<SystemClock>()),
        cluster_(executor_, resolver_) {}

  asio::awaitable<void> run() {
    say(examine_problems(policy_));
    for (const char* key : {"scrape", "canary", "baseline"})
      if (const auto section = root_.is_section(key) ? root_.section(key) : std::nullopt)
        say(examine_secrets(key, *section));
    auto numbers = examine_numbers();
    co_await std::move(numbers);
    auto actions = examine_actions();
    co_await std::move(actions);
    progress_->doing = "examining places";
    if (!options_.journal.empty()) say({examine_place("journal", options_.journal)});
    if (!options_.report_dir.empty()) say({examine_place("report-dir", options_.report_dir)});
    if (!options_.record.empty()) say({examine_place("record", options_.record)});
  }

 private:
  void say(Diagnoses more) { append(progress_->found, std::move(more)); }

  asio::awaitable<void> examine_numbers() {
    progress_->doing = "looking at " + config::describe_targets(policy_.canary);
    collector::WantedNames all;
    all.all = true;
    const auto source = make_source(executor_, resolver_, clock_, policy_, cluster_, all);
    if (!source) {
      say({{Level::failure, "canary", source.error().message(), ""}});
      co_return;
    }
    auto remembering = (*source)->history(clock_->now());
    std::vector<Batch> batches = co_await std::move(remembering);
    const double asked_at = unix_seconds();
    const Instant began = clock_->now();
    auto looking = (*source)->collect(began);
    batches.push_back(co_await std::move(looking));
    examine_sides(batches.back(), asked_at);
    auto series = examine_all_series(batches.back());
    co_await std::move(series);
    if (batches.size() == 1) {
      progress_->doing = "waiting for a second look";
      asio::steady_timer timer(executor_,
                               began + std::min<Duration>(policy_.scrape.interval, between_looks_max));
      boost::system::error_code ec;
      co_await timer.async_wait(net::into(ec));
      auto again = (*source)->collect(clock_->now());
      batches.push_back(co_await std::move(again));
    }
    examine_flow(batches);
  }

  void examine_sides(const Batch& batch, double asked_at) {
    for (const Error& problem : batch.problems) say({{Level::failure, "discovery", problem.message(), ""}});
    for (const Side side : {Side::canary, Side::baseline})
      say(examine_targets(side, spec_of(side), policy_.scrape, batch, asked_at));
    for (const QueryValue& query : batch.queries) {
      if (!query.problem) continue;
      const Level level = query.problem->kind() == ErrorKind::not_found ? Level::warning : Level::failure;
      say({{level, query.check,
            fmt::format("{}: {}", query.for_canary ? "canary" : "baseline", query.problem->message()), ""}});
    }
  }

  asio::awaitable<void> examine_all_series(const Batch& batch) {
    std::vector<std::vector<const Series*>> of_side;
    std::vector<std::vector<Series>> kept;  // what a server was asked for besides
    for (const Side side : {Side::canary, Side::baseline}) {
      const SideSpec& spec = spec_of(side);
      std::vector<const Series*> everything = series_of(batch, side, SideSpec{});
      if (spec.prometheus) {
        auto asking = ask_for_names(executor_, resolver_, spec, policy_.scrape, policy_.checks, everything);
        kept.push_back(co_await std::move(asking));
        for (const Series& one : kept.back()) everything.push_back(&one);
      }
      of_side.push_back(spec.where ? series_of(batch, side, spec) : everything);
      if (everything.empty()) continue;  // nobody answers: that has been said
      for (const Check& check : policy_.checks) say(examine_series(check, side, spec, everything));
      say(examine_members(policy_.checks, side, spec, of_side.back()));
    }
    for (const Check& check : policy_.checks) {
      if (check.kind != CheckKind::latency) continue;
      const Selector buckets = selectors_of(check).front().selector;
      say(examine_histogram(check, matching(buckets, of_side[0]), matching(buckets, of_side[1])));
    }
  }

  // The judge's own words on what is flowing now, as if a release had begun with the first look.
  void examine_flow(const std::vector<Batch>& batches) {
    config::Policy policy = policy_;
    policy.warmup = Duration::zero();
    auto windows = make_windows(policy);
    if (!windows) return say({{Level::failure, "policy", windows.error().message(), ""}});
    const auto judge = make_judge(policy);
    windows->start_release(batches.front().at);
    Verdict verdict;
    for (const Batch& batch : batches) {
      windows->add(only_wanted(batch, windows->wanted()));
      verdict = judge->judge(windows->windows(), batch.at);
    }
    const auto all = windows->windows();
    for (std::size_t i = 0; i < all.size() && i < verdict.findings.size(); ++i)
      say(examine_traffic(policy.checks[i], *all[i], verdict.findings[i]));
  }

  static Batch only_wanted(const Batch& batch, const collector::WantedNames& wanted) {
    Batch kept = batch;
    if (wanted.all) return kept;
    for (TargetReading& reading : kept.readings)
      std::erase_if(reading.samples, [&](const Sample& s) { return !wanted.contains(s.series->name); });
    return kept;
  }

  asio::awaitable<void> examine_actions() {
    Action action;
    action.service = policy_.service;
    action.release = policy_.service + "-doctor";
    action.reason = "davy doctor rehearses";
    action.decided_at = clock_->wall();
    for (const auto& [name, value] : policy_.labels) action.facts[name] = value;
    auto completing = complete(action);
    action = co_await std::move(completing);
    auto rollback = examine_list("rollback", Purpose::rollback, policy_.rollback, action);
    co_await std::move(rollback);
    auto on_pass = examine_list("on_pass", Purpose::promote, policy_.on_pass, action);
    co_await std::move(on_pass);
    for (const config::StepSpec& step : policy_.steps) {
      auto taking = examine_list("step " + step.name, Purpose::promote, step.actions, action);
      co_await std::move(taking);
    }
  }

  // Which revision an action would be about, where the platform says.
  asio::awaitable<Action> complete(Action action) {
    progress_->doing = "looking for the release";
    const auto releases = cluster_.releases(policy_);
    if (!releases || !*releases) co_return action;
    auto looking = (*releases)->current();
    const auto current = co_await std::move(looking);
    if (!current) {
      say({{Level::warning, "release", current.error().message(), ""}});
      co_return action;
    }
    action.release = current->release;
    action.revision = current->revision;
    for (const auto& [name, value] : current->facts) action.facts[name] = value;
    co_return action;
  }

  asio::awaitable<void> examine_list(std::string list, Purpose purpose,
                                     const std::vector<config::ActionSpec>& specs, Action action) {
    const rollback::ActuatorParts parts{executor_, resolver_, [this] { return cluster_.client(); }};
    for (const config::ActionSpec& spec : specs) {
      const std::string subject = list + " " + spec.kind;
      progress_->doing = "rehearsing " + subject;
      action.purpose = purpose;
      action.id = action.release + ".doctor";
      action.deadline = clock_->now() + options_.timeout;
      auto examining = examine_action(subject, spec, parts, action);
      say(co_await std::move(examining));
    }
  }

  static double unix_seconds() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  }
  const SideSpec& spec_of(Side side) const {
    return side == Side::canary ? policy_.canary : policy_.baseline;
  }

  asio::any_io_executor executor_;
  const config::Policy& policy_;
  const config::Section& root_;
  DoctorOptions options_;
  std::shared_ptr<Progress> progress_;
  std::shared_ptr<net::Resolver> resolver_;
  std::shared_ptr<const Clock> clock_;
  Cluster cluster_;
};

}  // namespace

Examination examine(const config::Policy& policy, const config::Section& root, const DoctorOptions& options) {
  const auto progress = std::make_shared<Progress>();
  Examination examination;
  asio::io_context loop;
  auto examiner = std::make_unique<Examiner>(loop.get_executor(), policy, root, options, progress);
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code ec, int signal) {
    if (ec) return;
    examination.stopped_by = signal;
    loop.stop();
  });
  asio::steady_timer timeout(loop, options.timeout);
  timeout.async_wait([&](boost::system::error_code ec) {
    if (ec) return;
    progress->found.push_back(
        {Level::failure, "doctor",
         fmt::format("not done within {}, while {}", to_text(options.timeout), progress->doing),
         "give it longer with --timeout"});
    loop.stop();
  });
  std::exception_ptr failure;
  asio::co_spawn(loop, examiner->run(), [&](std::exception_ptr e) {
    failure = e;
    loop.stop();
  });
  loop.run();
  if (failure) std::rethrow_exception(failure);
  examination.found = std::move(progress->found);
  return examination;
}

}  // namespace davy::app::doctor
