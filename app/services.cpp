#include "app/services.hpp"

#include "app/output_file.hpp"
#include "app/policy_parts.hpp"
#include "app/query_check.hpp"
#include "app/registry.hpp"
#include "app/sources.hpp"
#include "app/version.hpp"
#include "config/problem.hpp"
#include "core/journal/memory_journal.hpp"
#include "core/journal/sqlite_journal.hpp"
#include "core/net/into.hpp"
#include "report/incident_report.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <fmt/format.h>

namespace davy::app {
namespace asio = boost::asio;
namespace {

Result<std::unique_ptr<journal::Journal>> open_journal(const std::string& path) {
  if (path.empty()) return journal::make_memory_journal();
  return journal::open_sqlite_journal({path, ""});
}

// Far longer than any guard rail looks back.
constexpr std::chrono::days journal_kept_for{90};

// A release's id as the name of a file.
std::string file_name(const std::string& release) {
  std::string name = release;
  for (char& c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!plain) c = '_';
  }
  return name;
}

}  // namespace

Watch::Watch(asio::io_context& loop, config::Policy policy, WatchOptions options)
    : loop_(loop),
      policy_(std::move(policy)),
      options_(std::move(options)),
      resolver_(std::make_shared<net::Resolver>(loop.get_executor())),
      log_(std::make_unique<telemetry::Log>(options_.log_format, options_.log_level, policy_.service)),
      metrics_(std::make_unique<telemetry::SelfMetrics>(policy_.service, version_number)),
      cluster_(std::make_unique<Cluster>(loop.get_executor(), resolver_)) {}

Result<std::unique_ptr<Watch>> Watch::create(asio::io_context& loop, const config::Policy& policy,
                                             WatchOptions options) {
  if (auto asked = check_queries(policy); !asked) return asked.error();
  std::unique_ptr<Watch> watch(new Watch(loop, policy, std::move(options)));
  if (auto recording = watch->begin_recording(); !recording) return recording.error();
  if (watch->options_.leader_elect) {
    const auto client = watch->cluster_->client();
    if (!client) return client.error();
    // Built once now, so that what is wrong with the policy is said at the start and not at the first term's.
    if (auto built = watch->build(journal::make_memory_journal()); !built) return built.error();
    watch->guard_.reset();
    watch->cluster_ = std::make_unique<Cluster>(loop.get_executor(), watch->resolver_);
    watch->leadership_ = std::make_unique<Leadership>(
        loop.get_executor(), *client, policy.service, watch->options_.lease_namespace,
        watch->options_.identity, [w = watch.get()](const std::string& sentence, bool is_trouble) {
          telemetry::Event event;
          event.kind = telemetry::EventKind::leading;
          event.level = is_trouble ? telemetry::Level::error : telemetry::Level::info;
          event.text = sentence;
          w->write(std::move(event));
        });
    return watch;
  }
  auto journal = watch->own_journal();
  if (!journal) return journal.error();
  if (auto built = watch->build(std::move(*journal)); !built) return built.error();
  return watch;
}

Result<std::unique_ptr<journal::Journal>> Watch::own_journal() const {
  auto journal = open_journal(options_.journal);
  if (!journal) return journal.error();
  // A broken clean-up is no reason not to watch.
  static_cast<void>((*journal)->prune(SystemClock().wall() - journal_kept_for));
  return journal;
}

Result<void> Watch::build(std::unique_ptr<journal::Journal> journal) {
  const config::Policy& policy = policy_;
  const auto executor = loop_.get_executor();
  guard::GuardParts parts;
  parts.executor = executor;
  parts.clock = std::make_shared<SystemClock>();
  const rollback::ActuatorParts actuator_parts{executor, resolver_, [this] { return cluster_->client(); }};
  parts.rollback = make_actuators(policy.rollback, actuator_parts);
  parts.on_pass = make_actuators(policy.on_pass, actuator_parts);
  if (policy.problems && policy.problems->has_errors()) {
    return Error(ErrorKind::invalid, policy.problems->to_text(), "policy");
  }
  auto builder = make_windows(policy);
  if (!builder) return builder.error();
  parts.windows = std::make_unique<collector::WindowBuilder>(std::move(*builder));
  auto source = make_source(executor, resolver_, parts.clock, policy, *cluster_, parts.windows->wanted());
  if (!source) return source.error();
  parts.source = std::move(*source);
  auto releases = cluster_->releases(policy);
  if (!releases) return releases.error();
  parts.releases = std::move(*releases);
  parts.judge = make_judge(policy);
  parts.verification_judge = make_verification_judge(policy);
  parts.journal = std::move(journal);
  parts.emit = [this](const telemetry::Event& event) { write(event); };
  parts.on_batch = [this](const Batch& batch) { metrics_->observe(batch); };
  parts.on_round = [this](const GuardSnapshot& snapshot) {
    had_round_ = true;
    metrics_->show(snapshot);
    if (options_.on_round) options_.on_round(snapshot);
  };
  parts.tell = [this](const Incident& incident) {
    last_incident_ = incident;
    write_report(incident);
  };
  parts.at_step = options_.at_step;
  if (recorder_) record(parts);
  if (leadership_) {
    parts.may_act = [this] { return leadership_->may_act(); };
    parts.save = [this] { return leadership_->save(); };
  }
  guard_ = std::make_unique<guard::Guard>(guard_options(policy), std::move(parts));
  if (auto recovered = guard_->recover(); !recovered) return recovered;
  if (recorder_ && guard_->snapshot().phase != Phase::idle) {
    OperatorRequest rest;
    rest.kind = OperatorRequest::Kind::start_release;
    rest.release = guard_->snapshot().release;
    rest.revision = guard_->snapshot().revision;
    rest.who = "a restart";
    const SystemClock clock;
    recorder_->asked(rest, clock.now(), clock.wall());
  }
  return {};
}

Result<void> Watch::begin_recording() {
  if (options_.record_file.empty() && options_.record_dir.empty()) return {};
  collector::recording::RecorderOptions options;
  options.file = options_.record_file;
  options.directory = options_.record_dir;
  options.head.service = policy_.service;
  options.head.program = fmt::format("davy {}", version_number);
  options.head.policy_digest = policy_.digest;
  options.head.policy = policy_.text;
  options.head.interval = policy_.scrape.interval;
  const auto wanted = collector::names_used_by(policy_.checks);
  if (!wanted.all) options.head.names = wanted.names;
  options.complain = [this](const std::string& why) {
    telemetry::Event event;
    event.level = telemetry::Level::error;
    event.text = why;
    write(std::move(event));
  };
  recorder_ = std::make_unique<collector::recording::Recorder>(std::move(options));
  return recorder_->open();
}

void Watch::record(guard::GuardParts& parts) {
  const auto clock = parts.clock;
  parts.on_request = [this, clock](const OperatorRequest& request, Instant at) {
    recorder_->asked(request, at, clock->wall());
  };
  parts.on_batch = [this, clock, then = parts.on_batch](const Batch& batch) {
    recorder_->collected(batch, clock->wall());
    if (then) then(batch);
  };
  parts.on_verdict = [this](const Verdict& verdict) { recorder_->judged(verdict); };
  parts.tell = [this, then = parts.tell](const Incident& incident) {
    recorder_->ended(report::to_json(incident));
    if (then) then(incident);
  };
}

void Watch::write(telemetry::Event event) {
  metrics_->count(event);
  log_->write(event);
}

GuardSnapshot Watch::snapshot() const {
  GuardSnapshot snapshot;
  if (guard_) snapshot = guard_->snapshot();
  snapshot.service = policy_.service;
  if (!guard_) snapshot.mode = std::string(config::to_text(policy_.mode));
  if (leadership_) snapshot.leader = leadership_->leader();
  return snapshot;
}

Incident Watch::so_far() const {
  if (guard_) return guard_->so_far();
  Incident incident;
  incident.service = policy_.service;
  incident.deployed_at = incident.ended_at = SystemClock().wall();
  return incident;
}

void Watch::request(OperatorRequest request) {
  if (guard_) return guard_->request(std::move(request));
  requests_.push_back(std::move(request));
}

// Each file whole: whoever waits for it never reads half of one.
void Watch::write_report(const Incident& incident) {
  if (options_.report_dir.empty()) return;
  const auto place = std::filesystem::path(options_.report_dir) / file_name(incident.release);
  const auto write_whole = [](const std::string& path, const std::string& text) -> Result<void> {
    const auto file = OutputFile::prepare(path);
    if (!file) return file.error();
    return file->replace(text);
  };
  auto written = write_whole(place.string() + ".md", report::to_markdown(incident));
  if (written) written = write_whole(place.string() + ".json", report::to_json(incident) + "\n");
  if (written) return;
  telemetry::Event event;
  event.level = telemetry::Level::error;
  event.release = incident.release;
  event.text = fmt::format("{}; check --report-dir", written.error().message());
  write(std::move(event));
}

asio::awaitable<void> Watch::watch(bool one_release) {
  if (leadership_) co_return co_await watch_in_terms(one_release);
  co_await guard_->run(one_release);
}

asio::awaitable<void> Watch::watch_in_terms(bool one_release) {
  while (!stopping_) {
    auto journal = co_await leadership_->acquire();
    if (!journal) break;
    const auto built = build(std::move(journal));
    if (!built) {
      telemetry::Event event;
      event.level = telemetry::Level::error;
      event.text = "cannot begin a term: " + built.error().message();
      write(std::move(event));
      break;
    }
    for (OperatorRequest& request : std::exchange(requests_, {})) guard_->request(std::move(request));
    co_await one_term(one_release);
    guard_.reset();
    cluster_ = std::make_unique<Cluster>(loop_.get_executor(),
                                         resolver_);  // nothing is watched for a leader that is not
    had_round_ = false;
    if (one_release && last_incident_) break;
  }
  co_await leadership_->give_up();
}

// The guard's rounds and the lease's renewals side by side; whichever ends first ends the other.
asio::awaitable<void> Watch::one_term(bool one_release) {
  asio::steady_timer held(loop_, asio::steady_timer::time_point::max());
  bool over = false;
  asio::co_spawn(loop_, leadership_->hold(), [&](std::exception_ptr) {
    over = true;
    if (guard_) guard_->stop();
    held.cancel();
  });
  co_await guard_->run(one_release);
  if (!stopping_ && !over && one_release) leadership_->stop();
  boost::system::error_code ignored;
  if (!over) co_await held.async_wait(net::into(ignored));
}

void Watch::stop() {
  stopping_ = true;
  if (leadership_) leadership_->stop();
  if (guard_) guard_->stop();
}

ExitCode Watch::run(bool one_release) {
  std::exception_ptr failure;
  asio::co_spawn(loop_, watch(one_release), [&](std::exception_ptr e) {
    failure = e;
    loop_.stop();
  });
  loop_.run();
  if (failure) std::rethrow_exception(failure);
  return last_incident_ ? exit_code_for(*last_incident_) : ExitCode::pass;
}

}  // namespace davy::app
