#pragma once

// A peer that says exactly the bytes a test wants and then does what a test wants: hangs, closes, resets. It
// listens on a free port of the loopback, on the test's own loop, and lives as long as the object.

#include "core/net/into.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace davy::test {

enum class Then { close, reset, hang };

struct Script {
  std::string bytes;
  Then then = Then::close;
  std::size_t piece = 0;               // bytes sent at a time; 0: all at once
  std::chrono::milliseconds pause{0};  // between pieces
};

class HostileServer {
 public:
  using Tcp = boost::asio::ip::tcp;

  HostileServer(boost::asio::io_context& loop, Script script)
      : HostileServer(loop, [script](const std::string&) { return script; }) {}

  // The script may depend on the request: its head and, where it says how long that is, its body.
  HostileServer(boost::asio::io_context& loop, std::function<Script(const std::string&)> answer)
      : state_(std::make_shared<State>(loop, std::move(answer))) {
    boost::asio::co_spawn(loop, accept(state_), boost::asio::detached);
  }
  ~HostileServer() {
    state_->acceptor.close();
    for (const auto& socket : state_->sockets) {
      boost::system::error_code ignored;
      socket->close(ignored);
    }
  }
  HostileServer(const HostileServer&) = delete;
  HostileServer& operator=(const HostileServer&) = delete;

  std::string url(const std::string& path = "/metrics") const {
    return "http://127.0.0.1:" + std::to_string(state_->acceptor.local_endpoint().port()) + path;
  }
  const std::vector<std::string>& requests() const { return state_->requests; }
  std::size_t connections() const { return state_->sockets.size(); }

 private:
  struct State {
    State(boost::asio::io_context& loop, std::function<Script(const std::string&)> answer_)
        : acceptor(loop, Tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
          answer(std::move(answer_)) {}
    Tcp::acceptor acceptor;
    std::function<Script(const std::string&)> answer;
    std::vector<std::shared_ptr<Tcp::socket>> sockets;
    std::vector<std::string> requests;
  };
  using StateRef = std::shared_ptr<State>;

  static boost::asio::awaitable<void> accept(StateRef state) {
    while (state->acceptor.is_open()) {
      auto socket = std::make_shared<Tcp::socket>(state->acceptor.get_executor());
      boost::system::error_code ec;
      co_await state->acceptor.async_accept(*socket, net::into(ec));
      if (ec) co_return;
      state->sockets.push_back(socket);
      boost::asio::co_spawn(state->acceptor.get_executor(), talk(state, socket), boost::asio::detached);
    }
  }

  static std::size_t bytes_missing(const std::string& request) {
    constexpr std::string_view name = "\r\nContent-Length: ";
    const std::size_t end = request.find("\r\n\r\n") + 4;
    const std::size_t at = request.find(name);
    if (at >= end) return 0;
    const std::size_t whole = end + std::stoul(request.substr(at + name.size()));
    return whole > request.size() ? whole - request.size() : 0;
  }

  static boost::asio::awaitable<void> talk(StateRef state, std::shared_ptr<Tcp::socket> socket) {
    boost::system::error_code ec;
    socket->set_option(Tcp::no_delay(true), ec);
    std::string request;
    co_await boost::asio::async_read_until(*socket, boost::asio::dynamic_buffer(request), "\r\n\r\n",
                                           net::into(ec));
    if (ec) co_return;
    if (const std::size_t more = bytes_missing(request); more > 0)
      co_await boost::asio::async_read(*socket, boost::asio::dynamic_buffer(request),
                                       boost::asio::transfer_exactly(more), net::into(ec));
    if (ec) co_return;
    state->requests.push_back(request);
    const Script script = state->answer(request);
    const std::size_t piece = script.piece == 0 ? script.bytes.size() : script.piece;
    for (std::size_t at = 0; at < script.bytes.size() && !ec; at += piece) {
      const auto part =
          boost::asio::buffer(script.bytes.data() + at, std::min(piece, script.bytes.size() - at));
      co_await boost::asio::async_write(*socket, part, net::into(ec));
      if (script.pause.count() == 0) continue;
      boost::asio::steady_timer timer(socket->get_executor(), script.pause);
      co_await timer.async_wait(net::into(ec));
    }
    if (script.then == Then::hang) {
      char byte = 0;  // until the peer gives up
      co_await socket->async_read_some(boost::asio::buffer(&byte, 1), net::into(ec));
      co_return;
    }
    if (script.then == Then::reset) socket->set_option(boost::asio::socket_base::linger(true, 0), ec);
    socket->close(ec);
  }

  StateRef state_;
};

// A complete answer.
inline std::string http_answer(const std::string& body,
                               const std::string& content_type = "text/plain; version=0.0.4",
                               const std::string& status = "200 OK", const std::string& more = "") {
  std::string head = "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  if (!content_type.empty()) head += "Content-Type: " + content_type + "\r\n";
  return head + more + "\r\n" + body;
}

}  // namespace davy::test
