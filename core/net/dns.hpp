#pragma once

// Names to addresses, without blocking the loop and within a deadline (c-ares; Asio's own resolver is a
// blocking getaddrinfo on a thread that cannot be cancelled).
//
// Literal addresses and localhost need no server. Errors: not_found (nxdomain), unreachable (dns), timed_out
// (timeout_resolve). One Resolver serves any number of lookups at once and must outlive none of them.

#include "core/base/result.hpp"
#include "core/net/deadline.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <memory>
#include <string>
#include <vector>

namespace davy::net {

struct SrvRecord {
  std::string host;
  int port = 0;
  int priority = 0;
  int weight = 0;
};

struct DnsOptions {
  std::string servers;           // "127.0.0.1:5353,..."; empty: as the system is configured
  std::size_t answers_max = 64;  // a name that resolves to more is cut there
};

class Resolver {
 public:
  explicit Resolver(boost::asio::any_io_executor executor, DnsOptions options = {});
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  boost::asio::awaitable<Result<std::vector<boost::asio::ip::address>>> addresses(std::string host,
                                                                                  Deadline deadline);
  boost::asio::awaitable<Result<std::vector<SrvRecord>>> services(std::string name, Deadline deadline);

 private:
  struct Channel;
  std::shared_ptr<Channel> channel_;
  DnsOptions options_;
};

}  // namespace davy::net
