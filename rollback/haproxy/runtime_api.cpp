#include "rollback/haproxy/runtime_api.hpp"

#include "core/base/text.hpp"
#include "core/net/into.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <fmt/format.h>
#include <memory>

namespace davy::rollback {
namespace asio = boost::asio;
using boost::system::error_code;
using Socket = asio::generic::stream_protocol::socket;
using Endpoint = asio::generic::stream_protocol::endpoint;
namespace {

constexpr std::size_t answer_bytes_max = 1024 * 1024;

// (A struct, because a generic endpoint claims to be constructible from anything, an Error included.)
struct Place {
  explicit Place(asio::local::stream_protocol::endpoint path) : endpoint(path) {}
  explicit Place(asio::ip::tcp::endpoint address) : endpoint(address) {}
  Endpoint endpoint;
};

Result<Place> place_of(const std::string& place) {
  if (place.starts_with('/')) {
    constexpr std::size_t path_bytes_max = 107;  // sockaddr_un
    if (place.size() > path_bytes_max)
      return Error(ErrorKind::invalid, place + " is too long for a UNIX socket");
    return Place(asio::local::stream_protocol::endpoint(place));
  }
  const std::size_t colon = place.rfind(':');
  unsigned short port = 0;
  if (colon != std::string::npos)
    std::from_chars(place.data() + colon + 1, place.data() + place.size(), port);
  std::string host = place.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  error_code ec;
  const auto address = asio::ip::make_address(host, ec);
  if (ec || port == 0) {
    return Error(ErrorKind::invalid,
                 fmt::format("'{}' is neither the path of a UNIX socket nor address:port", printable(place)));
  }
  return Place(asio::ip::tcp::endpoint(address, port));
}

Error failed(const std::string& place, std::string_view step, const error_code& ec, bool timed_out) {
  if (timed_out) {
    return Error(ErrorKind::timed_out, fmt::format("haproxy at {}: timed out ({})", place, step),
                 "timeout_haproxy");
  }
  const ErrorKind kind = ec == asio::error::access_denied ? ErrorKind::denied : ErrorKind::unreachable;
  return Error(kind, fmt::format("haproxy at {}: {} ({})", place, ec.message(), step), "haproxy");
}

}  // namespace

RuntimeApi::RuntimeApi(asio::any_io_executor executor, std::string place)
    : executor_(std::move(executor)), place_(std::move(place)) {}

asio::awaitable<Result<std::string>> RuntimeApi::command(std::string line, net::Deadline deadline) {
  const auto peer = place_of(place_);
  if (!peer) co_return peer.error();
  const auto socket = std::make_shared<Socket>(executor_);
  const auto late = std::make_shared<bool>(false);
  asio::steady_timer timer(executor_);
  timer.expires_at(deadline.at());
  timer.async_wait([socket, late](error_code ec) {
    if (ec) return;
    *late = true;
    socket->close(ec);
  });
  error_code ec;
  co_await socket->async_connect(peer->endpoint, net::into(ec));
  if (ec) co_return failed(place_, "connect", ec, *late);
  line += '\n';
  co_await asio::async_write(*socket, asio::buffer(line), net::into(ec));
  if (ec) co_return failed(place_, "write", ec, *late);
  std::string answer;
  co_await asio::async_read(*socket, asio::dynamic_buffer(answer, answer_bytes_max), net::into(ec));
  timer.cancel();
  if (ec != asio::error::eof) co_return failed(place_, "read", ec, *late);
  co_return std::string(trim(answer));
}

}  // namespace davy::rollback
