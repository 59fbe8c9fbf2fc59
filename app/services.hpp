#pragma once

// From a policy to a running watch: builds every part, wires them, owns them.

#include "app/cluster.hpp"
#include "app/exit_code.hpp"
#include "app/leadership.hpp"
#include "collector/recording/recorder.hpp"
#include "config/policy.hpp"
#include "core/telemetry/log.hpp"
#include "core/telemetry/self_metrics.hpp"
#include "guard/guard.hpp"

#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace davy::app {

struct WatchOptions {
  std::string journal;      // a file; empty: in memory
  std::string report_dir;   // NAME.md and NAME.json of each release; empty: none
  std::string record_file;  // everything that is seen, so that it can be judged again; empty: nothing
  std::string record_dir;   // the same, a file a release
  bool leader_elect =
      false;  // one Davy among several watches this service; the journal is kept in a ConfigMap
  std::string lease_namespace;  // empty: that of the credentials
  std::string identity;         // ours in a lease
  telemetry::LogFormat log_format = telemetry::LogFormat::text;
  telemetry::Level log_level = telemetry::Level::info;
  std::function<void(const GuardSnapshot&)> on_round;
  std::function<void(std::string_view)> at_step;
};

class Watch {
 public:
  // Errors: invalid with the policy's problems rendered (exit 3), conflict or denied for the journal or the
  // port.
  static Result<std::unique_ptr<Watch>> create(boost::asio::io_context& loop, const config::Policy& policy,
                                               WatchOptions options);

  const std::string& service() const { return policy_.service; }
  GuardSnapshot snapshot() const;
  const std::optional<Incident>& last_incident() const { return last_incident_; }
  // Of the release under watch, while it is: its end is the phase it is in.
  Incident so_far() const;
  const telemetry::SelfMetrics& metrics() const { return *metrics_; }
  // True once a round is over, or while another Davy leads.
  bool ready() const { return had_round_ || guard_ == nullptr; }
  void request(OperatorRequest request);
  void write(telemetry::Event event);

  // Until stop() or, when `one_release`, until the release has ended.
  boost::asio::awaitable<void> watch(bool one_release);
  void stop();

  // The same for a Watch that is alone on its loop.
  ExitCode run(bool one_release);

 private:
  Watch(boost::asio::io_context& loop, config::Policy policy, WatchOptions options);
  Result<void> build(std::unique_ptr<journal::Journal> journal);
  Result<void> begin_recording();
  void record(guard::GuardParts& parts);
  Result<std::unique_ptr<journal::Journal>> own_journal() const;
  boost::asio::awaitable<void> watch_in_terms(bool one_release);
  boost::asio::awaitable<void> one_term(bool one_release);
  void write_report(const Incident& incident);

  boost::asio::io_context& loop_;
  config::Policy policy_;
  WatchOptions options_;
  std::shared_ptr<net::Resolver> resolver_;
  std::unique_ptr<telemetry::Log> log_;
  std::unique_ptr<telemetry::SelfMetrics> metrics_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<collector::recording::Recorder> recorder_;  // null: nothing is recorded
  std::unique_ptr<Leadership> leadership_;                    // null: there is only this Davy
  std::unique_ptr<guard::Guard> guard_;                       // null while another Davy leads
  std::deque<OperatorRequest> requests_;                      // that came while there was none
  std::optional<Incident> last_incident_;
  bool had_round_ = false;
  bool stopping_ = false;
};

}  // namespace davy::app
