#include "app/fleet.hpp"

#include "report/incident_report.hpp"
#include "server/api.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <charconv>
#include <fmt/format.h>
#include <set>

namespace davy::app {
namespace asio = boost::asio;
namespace {

// "127.0.0.1:3289", "[::1]:3289".
Result<net::HttpServerOptions> listen_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  net::HttpServerOptions server;
  server.address = text.substr(0, colon);
  if (server.address.starts_with('[') && server.address.ends_with(']'))
    server.address = server.address.substr(1, server.address.size() - 2);
  const char* const end = text.data() + text.size();
  if (colon == std::string::npos || std::from_chars(text.data() + colon + 1, end, server.port).ptr != end)
    return Error(ErrorKind::invalid,
                 fmt::format("--listen {}: write address:port, like 127.0.0.1:3289", text));
  return server;
}

}  // namespace

Result<std::unique_ptr<Fleet>> Fleet::create(asio::io_context& loop,
                                             const std::vector<config::Policy>& policies,
                                             FleetOptions options) {
  std::unique_ptr<Fleet> fleet(new Fleet(loop));
  std::set<std::string> services;
  for (const config::Policy& policy : policies) {
    if (!services.insert(policy.service).second)
      return Error(ErrorKind::conflict,
                   fmt::format("two policies are about the service {}; give each its own", policy.service));
    WatchOptions own = options.watch;
    if (policies.size() > 1 && !own.journal.empty()) own.journal += "/" + policy.service + ".journal";
    auto watch = Watch::create(loop, policy, std::move(own));
    if (!watch) return watch.error();
    fleet->watches_.push_back(std::move(*watch));
  }
  if (!options.listen.empty()) {
    if (auto listening = fleet->listen(options); !listening) return listening.error();
  }
  return fleet;
}

Result<void> Fleet::listen(const FleetOptions& options) {
  auto server = listen_address(options.listen);
  if (!server) return server.error();
  server->on_error = [this](const std::string& what) {
    telemetry::Event event;
    event.level = telemetry::Level::error;
    event.text = what;
    watches_.front()->write(std::move(event));
  };
  server::ApiParts api;
  for (const auto& owned : watches_) {
    Watch* const watch = owned.get();
    api.services.push_back({watch->service(), [watch] { return watch->snapshot(); },
                            [watch](OperatorRequest request) { watch->request(std::move(request)); },
                            [watch] { return watch->ready(); },
                            [watch]() -> std::optional<std::string> {
                              if (!watch->last_incident()) return std::nullopt;
                              return report::to_json(*watch->last_incident());
                            }});
  }
  api.metrics = [this] {
    std::vector<const telemetry::SelfMetrics*> all;
    for (const auto& watch : watches_) all.push_back(&watch->metrics());
    return telemetry::to_text(all);
  };
  api.token_file = options.token_file;
  server_ = std::make_unique<net::HttpServer>(loop_.get_executor(), std::move(*server),
                                              server::make_routes(std::move(api)));
  return server_->start();
}

ExitCode Fleet::run(bool one_release) {
  std::exception_ptr failure;
  std::size_t running = watches_.size();
  for (const auto& watch : watches_) {
    asio::co_spawn(loop_, watch->watch(one_release), [&](std::exception_ptr e) {
      if (e && !failure) failure = e;
      if (--running > 0 && !e) return;
      if (server_) server_->stop();
      loop_.stop();
    });
  }
  loop_.run();
  if (failure) std::rethrow_exception(failure);
  if (stopped_because_) return *stopped_because_;
  ExitCode worst = ExitCode::pass;
  for (const auto& watch : watches_) {
    if (watch->last_incident()) worst = std::max(worst, exit_code_for(*watch->last_incident()));
  }
  return worst;
}

void Fleet::stop(ExitCode because) {
  stopped_because_ = because;
  for (const auto& watch : watches_) watch->stop();
}

}  // namespace davy::app
