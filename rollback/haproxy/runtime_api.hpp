#pragma once

// HAProxy's runtime API: one command line over a UNIX socket or TCP, one answer, connection closed.
// Commands used (HAProxy Management Guide, section 9.3): set server, get weight, show servers state.

#include "core/base/result.hpp"
#include "core/net/deadline.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <string>

namespace davy::rollback {

class RuntimeApi {
 public:
  // `place`: an absolute path of a UNIX socket, or address:port (localhost allowed).
  RuntimeApi(boost::asio::any_io_executor executor, std::string place);

  // The answer, blank ends removed. Errors: unreachable, denied (socket permissions), timed_out, invalid (the
  // place).
  boost::asio::awaitable<Result<std::string>> command(std::string line, net::Deadline deadline);

 private:
  boost::asio::any_io_executor executor_;
  std::string place_;
};

}  // namespace davy::rollback
