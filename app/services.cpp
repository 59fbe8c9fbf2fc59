#include "app/services.hpp"

#include "app/registry.hpp"
#include "app/version.hpp"
#include "collector/discovery/side_discovery.hpp"
#include "collector/scrape/scrape_source.hpp"
#include "config/problem.hpp"
#include "core/journal/memory_journal.hpp"
#include "core/journal/sqlite_journal.hpp"
#include "report/incident_report.hpp"
#include "server/api.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <charconv>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace davy::app {
namespace asio = boost::asio;
namespace {

guard::GuardOptions guard_options(const config::Policy& policy) {
  guard::GuardOptions options;
  options.service = policy.service;
  for (const auto& [name, value] : policy.labels) options.labels[name] = value;
  options.observe_only = policy.mode == config::Mode::observe;
  options.interval = policy.scrape.interval;
  options.window = policy.window;
  options.warmup = policy.warmup;
  options.fallbacks = {policy.on_no_data,      policy.on_blind.action,   policy.on_blind.after,
                       policy.on_inconclusive, policy.on_shared_failure, options.observe_only,
                       policy.decide_early};
  for (const Check& check : policy.checks) {
    if (check.on_no_data) options.on_no_data[check.name] = *check.on_no_data;
  }
  const config::GuardRailSpec& rails = policy.guard_rails;
  options.rails = {rails.deadline, rails.verify_for, rails.cooldown, rails.at_most, rails.per};
  options.policy_digest = policy.digest;
  return options;
}

std::map<Severity, Response> responses_of(const config::Policy& policy) {
  std::map<Severity, Response> responses;
  for (const Severity severity : {Severity::p0, Severity::p1, Severity::p2, Severity::p3}) {
    responses[severity] = policy.responses.of(severity);
  }
  return responses;
}

// The checks that can roll back share the policy's alpha.
std::vector<Check> judged_checks(const config::Policy& policy) {
  std::vector<Check> checks = policy.checks;
  const auto shares = [&](const Check& check) {
    return check.kind != CheckKind::restarts && check.method == Method::sequential &&
           policy.responses.of(check.severity) == Response::rollback;
  };
  const auto sharing = static_cast<double>(std::count_if(checks.begin(), checks.end(), shares));
  for (Check& check : checks) {
    check.alpha = 1 - policy.confidence;
    check.alpha_share = shares(check) ? 1 / sharing : 1;
  }
  return checks;
}

// Whether a rollback helped is seen in the numbers of now, not in the evidence of the whole release.
std::vector<Check> verification_checks(const config::Policy& policy) {
  std::vector<Check> checks = policy.checks;
  for (Check& check : checks) check.method = Method::threshold;
  return checks;
}

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

Result<std::unique_ptr<Watch>> Watch::create(asio::io_context& loop, const config::Policy& policy,
                                             WatchOptions options) {
  std::unique_ptr<Watch> watch(new Watch(loop));
  watch->options_ = std::move(options);
  if (auto built = watch->build(policy); !built) return built.error();
  return watch;
}

Result<void> Watch::build(const config::Policy& policy) {
  log_ = std::make_unique<telemetry::Log>(options_.log_format, options_.log_level, policy.service);
  metrics_ = std::make_unique<telemetry::SelfMetrics>(policy.service, version_number);
  const auto executor = loop_.get_executor();
  const auto resolver = std::make_shared<net::Resolver>(executor);

  guard::GuardParts parts;
  parts.executor = executor;
  parts.clock = std::make_shared<SystemClock>();
  cluster_ = std::make_unique<Cluster>(executor, resolver);
  const rollback::ActuatorParts actuator_parts{executor, resolver, [this] { return cluster_->client(); }};
  parts.rollback = make_actuators(policy.rollback, actuator_parts);
  parts.on_pass = make_actuators(policy.on_pass, actuator_parts);
  if (policy.problems && policy.problems->has_errors()) {
    return Error(ErrorKind::invalid, policy.problems->to_text(), "policy");
  }
  auto builder = collector::WindowBuilder::create(policy.checks, policy.canary, policy.baseline,
                                                  {policy.warmup, policy.window, policy.scrape.interval});
  if (!builder) return builder.error();
  parts.windows = std::make_unique<collector::WindowBuilder>(std::move(*builder));
  auto canary = discover(Side::canary, policy.canary, policy.scrape, resolver);
  if (!canary) return canary.error();
  auto baseline = discover(Side::baseline, policy.baseline, policy.scrape, resolver);
  if (!baseline) return baseline.error();
  parts.source = std::make_unique<collector::ScrapeSource>(
      executor, resolver, policy.scrape, std::move(*canary), std::move(*baseline), parts.windows->wanted());
  auto releases = cluster_->releases(policy);
  if (!releases) return releases.error();
  parts.releases = std::move(*releases);
  parts.judge = std::make_unique<judge::Judge>(judged_checks(policy), responses_of(policy), make_comparison);
  parts.verification_judge =
      std::make_unique<judge::Judge>(verification_checks(policy), responses_of(policy), make_comparison);
  auto journal = open_journal(options_.journal);
  if (!journal) return journal.error();
  // A broken clean-up is no reason not to watch.
  static_cast<void>((*journal)->prune(parts.clock->wall() - journal_kept_for));
  parts.journal = std::move(*journal);
  parts.emit = [this](const telemetry::Event& event) {
    metrics_->count(event);
    log_->write(event);
  };
  parts.on_batch = [this](const Batch& batch) { metrics_->observe(batch); };
  parts.on_round = [this](const GuardSnapshot& snapshot) {
    had_round_ = true;
    metrics_->show(snapshot);
    if (options_.on_round) options_.on_round(snapshot);
  };
  parts.tell = [this](const Incident& incident) { write_report(incident); };
  parts.at_step = options_.at_step;
  guard_ = std::make_unique<guard::Guard>(guard_options(policy), std::move(parts));
  if (auto recovered = guard_->recover(); !recovered) return recovered.error();
  return listen(policy.service);
}

Result<std::unique_ptr<collector::Discovery>> Watch::discover(Side side, const SideSpec& spec,
                                                              const ScrapeSpec& scrape,
                                                              std::shared_ptr<net::Resolver> resolver) {
  if (spec.kubernetes) return cluster_->discovery(side, *spec.kubernetes, scrape);
  return collector::create_discovery(side, spec, scrape, std::move(resolver));
}

Result<void> Watch::listen(const std::string& service) {
  if (options_.listen.empty()) return {};
  const std::size_t colon = options_.listen.rfind(':');
  net::HttpServerOptions server;
  server.address = options_.listen.substr(0, colon);
  if (server.address.starts_with('[') && server.address.ends_with(']')) {
    server.address = server.address.substr(1, server.address.size() - 2);
  }
  const char* const end = options_.listen.data() + options_.listen.size();
  if (colon == std::string::npos ||
      std::from_chars(options_.listen.data() + colon + 1, end, server.port).ptr != end) {
    return Error(ErrorKind::invalid,
                 fmt::format("--listen {}: write address:port, like 127.0.0.1:3289", options_.listen));
  }
  server.on_error = [this, service](const std::string& what) {
    telemetry::Event event;
    event.level = telemetry::Level::error;
    event.text = what;
    metrics_->count(event);
    log_->write(event);
  };
  server::ApiParts api;
  api.snapshot = [this] { return guard_->snapshot(); };
  api.metrics = [this] { return metrics_->text(); };
  api.queue = [this](OperatorRequest request) { guard_->request(std::move(request)); };
  api.ready = [this] { return had_round_; };
  api.token_file = options_.token_file;
  server_ = std::make_unique<net::HttpServer>(loop_.get_executor(), std::move(server),
                                              server::make_routes(std::move(api)));
  return server_->start();
}

void Watch::write_report(const Incident& incident) {
  if (options_.report_dir.empty()) return;
  std::error_code ec;
  std::filesystem::create_directories(options_.report_dir, ec);
  const auto place = std::filesystem::path(options_.report_dir) / file_name(incident.release);
  std::ofstream(place.string() + ".md") << report::to_markdown(incident);
  std::ofstream json(place.string() + ".json");
  json << report::to_json(incident) << '\n';
  if (json.flush()) return;
  telemetry::Event event;
  event.level = telemetry::Level::error;
  event.release = incident.release;
  event.text = fmt::format("cannot write the report {}.json; check --report-dir", place.string());
  metrics_->count(event);
  log_->write(event);
}

ExitCode Watch::run(bool one_release) {
  std::exception_ptr failure;
  asio::co_spawn(loop_, guard_->run(one_release), [&](std::exception_ptr e) {
    failure = e;
    if (server_) server_->stop();
    loop_.stop();
  });
  loop_.run();
  if (failure) std::rethrow_exception(failure);
  if (stopped_because_) return *stopped_because_;
  const auto& incident = guard_->last_incident();
  return incident ? exit_code_for(*incident) : ExitCode::pass;
}

void Watch::stop(ExitCode because) {
  stopped_because_ = because;
  guard_->stop();
}

}  // namespace davy::app
