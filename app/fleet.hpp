#pragma once

// All the services that one process watches, on one loop, behind one server.

#include "app/services.hpp"
#include "core/net/http_server.hpp"

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

namespace davy::app {

struct FleetOptions {
  WatchOptions watch;
  std::string listen;  // address:port; empty: no server
  std::string token_file;
};

class Fleet {
 public:
  // `policies`: at least one; of several, the journal is a folder with a file each. Errors: those of
  // Watch::create(); conflict where two policies are of one service; invalid for `listen`.
  static Result<std::unique_ptr<Fleet>> create(boost::asio::io_context& loop,
                                               const std::vector<config::Policy>& policies,
                                               FleetOptions options);

  std::vector<std::unique_ptr<Watch>>& watches() { return watches_; }
  net::HttpServer* server() { return server_.get(); }

  // Until stop() or, when `one_release`, until a release of each service has ended: the worst of their exit
  // codes.
  ExitCode run(bool one_release);
  void stop(ExitCode because);

 private:
  explicit Fleet(boost::asio::io_context& loop) : loop_(loop) {}
  Result<void> listen(const FleetOptions& options);

  boost::asio::io_context& loop_;
  std::vector<std::unique_ptr<Watch>> watches_;
  std::unique_ptr<net::HttpServer> server_;
  std::optional<ExitCode> stopped_because_;
};

}  // namespace davy::app
