#pragma once

// From a policy to a running watch: builds every part, wires them, owns them. One Watch a policy and process.

#include "app/cluster.hpp"
#include "app/exit_code.hpp"
#include "config/policy.hpp"
#include "core/net/http_server.hpp"
#include "core/telemetry/log.hpp"
#include "core/telemetry/self_metrics.hpp"
#include "guard/guard.hpp"

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace davy::app {

struct WatchOptions {
  std::string journal;     // a file; empty: in memory
  std::string report_dir;  // NAME.md and NAME.json of each release; empty: none
  std::string listen;      // address:port; empty: no server
  std::string token_file;
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

  guard::Guard& guard() { return *guard_; }
  net::HttpServer* server() { return server_.get(); }

  // Runs until stop() or, when `one_release`, until the release has ended.
  ExitCode run(bool one_release);
  void stop(ExitCode because);

 private:
  explicit Watch(boost::asio::io_context& loop) : loop_(loop) {}
  Result<void> build(const config::Policy& policy);
  Result<std::unique_ptr<collector::Discovery>> discover(Side side, const SideSpec& spec,
                                                         const ScrapeSpec& scrape,
                                                         std::shared_ptr<net::Resolver> resolver);
  Result<void> listen(const std::string& service);
  void write_report(const Incident& incident);

  boost::asio::io_context& loop_;
  WatchOptions options_;
  std::unique_ptr<telemetry::Log> log_;
  std::unique_ptr<telemetry::SelfMetrics> metrics_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<guard::Guard> guard_;
  std::unique_ptr<net::HttpServer> server_;
  std::optional<ExitCode> stopped_because_;
  bool had_round_ = false;
};

}  // namespace davy::app
