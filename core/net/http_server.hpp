#pragma once

// A small HTTP/1.1 server for our own few routes: metrics, health, the API.
//
// Defends itself: a header must arrive within header_timeout and body_timeout bounds the rest; headers over
// the limit are 431, bodies 413, both length and chunked framing 400; beyond connections_max a connection is
// closed at once; an idle one is closed after idle_timeout. Handlers that throw give 500 and a line through
// on_error.

#include "core/base/result.hpp"
#include "core/net/router.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

namespace davy::net {

class HttpServerOptions {
 public:
  std::string address = "127.0.0.1";
  int port = 0;  // 0: any free one
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t body_bytes_max = 64 * 1024;
  std::size_t connections_max = 256;
  Duration header_timeout = std::chrono::seconds(5);
  Duration body_timeout = std::chrono::seconds(10);
  Duration idle_timeout = std::chrono::seconds(60);
  std::function<void(const std::string&)> on_error{};
};

class HttpServer {
 public:
  HttpServer(boost::asio::any_io_executor executor, HttpServerOptions options, Router router);
  ~HttpServer();  // stops listening and closes every connection
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Binds and begins to accept. Errors: invalid (not an address), denied or conflict (the port).
  Result<void> start();
  int port() const;
  std::string origin() const;  // "http://127.0.0.1:3289"
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace davy::net
