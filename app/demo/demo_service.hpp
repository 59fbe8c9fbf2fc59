#pragma once

// A small web service for demonstrations: real sockets, prometheus-cpp metrics, and knobs for how badly it
// behaves.

#include "core/net/http_server.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <string>

namespace davy::app {

struct Behaviour {
  double error_share = 0;
  Duration latency = std::chrono::milliseconds(2);
};

class DemoService {
 public:
  // Listens on 127.0.0.1, on any free port unless one is given.
  explicit DemoService(boost::asio::any_io_executor executor, int port = 0);
  ~DemoService();
  DemoService(const DemoService&) = delete;
  DemoService& operator=(const DemoService&) = delete;

  Result<void> start();
  std::string origin() const;  // GET origin()/work does a request's worth, GET origin()/metrics tells
  Behaviour& behaviour();
  std::optional<Instant> first_failure() const;  // when the first failed response was given

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::unique_ptr<net::HttpServer> server_;
};

}  // namespace davy::app
