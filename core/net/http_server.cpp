#include "core/net/http_server.hpp"

#include "core/net/into.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>
#include <unordered_set>

namespace davy::net {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using beast::error_code;

struct HttpServer::State : std::enable_shared_from_this<HttpServer::State> {
  State(asio::any_io_executor executor_, HttpServerOptions options_, Router router_)
      : executor(std::move(executor_)),
        options(std::move(options_)),
        router(std::move(router_)),
        acceptor(executor) {}

  asio::awaitable<void> accept_all();
  asio::awaitable<void> serve(std::shared_ptr<beast::tcp_stream> stream);
  asio::awaitable<bool> write(beast::tcp_stream& stream, HttpResponse response, bool head, bool keep_alive);
  void report(const std::string& what) const {
    if (options.on_error) options.on_error(what);
  }

  asio::any_io_executor executor;
  HttpServerOptions options;
  Router router;
  tcp::acceptor acceptor;
  std::unordered_set<std::shared_ptr<beast::tcp_stream>> open;
  bool stopped = false;
};

namespace {

HttpRequest from_beast(http::request<http::string_body> message) {
  HttpRequest request(std::string(message.method_string()), std::string(message.target()));
  for (const auto& field : message)
    request.headers.add(std::string(field.name_string()), std::string(field.value()));
  request.body = std::move(message.body());
  return request;
}

int status_for(const error_code& ec) {
  if (ec == http::error::header_limit || ec == http::error::buffer_overflow) return 431;
  if (ec == http::error::body_limit) return 413;
  return 400;
}

bool is_protocol_error(const error_code& ec) {
  return ec.category() == http::make_error_code(http::error::bad_version).category() &&
         ec != http::error::end_of_stream && ec != http::error::partial_message;
}

}  // namespace

asio::awaitable<bool> HttpServer::State::write(beast::tcp_stream& stream, HttpResponse response, bool head,
                                               bool keep_alive) {
  http::response<http::string_body> message;
  message.version(11);
  message.result(static_cast<unsigned>(response.status));
  for (const auto& [name, value] : response.headers) message.insert(name, value);
  message.set("X-Content-Type-Options", "nosniff");
  message.keep_alive(keep_alive);
  message.content_length(response.body.size());
  if (!head) message.body() = std::move(response.body);
  error_code ec;
  stream.expires_after(options.body_timeout);
  http::response_serializer<http::string_body> serializer(message);
  if (head) {
    co_await http::async_write_header(stream, serializer, into(ec));
  } else {
    co_await http::async_write(stream, serializer, into(ec));
  }
  co_return !ec && keep_alive;
}

asio::awaitable<void> HttpServer::State::serve(std::shared_ptr<beast::tcp_stream> stream) {
  beast::flat_buffer buffer(options.header_bytes_max + options.body_bytes_max + 4096);
  bool go_on = true;
  bool first = true;
  while (go_on && !stopped) {
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(options.header_bytes_max));
    parser.body_limit(options.body_bytes_max);
    error_code ec;
    stream->expires_after(first ? options.header_timeout : options.idle_timeout);
    co_await http::async_read_header(*stream, buffer, parser, into(ec));
    if (!ec) {
      stream->expires_after(options.body_timeout);
      co_await http::async_read(*stream, buffer, parser, into(ec));
    }
    if (ec) {
      HttpResponse refusal(status_for(ec), ec.message() + "\n");
      if (is_protocol_error(ec)) co_await write(*stream, std::move(refusal), false, false);
      break;
    }
    first = false;
    const bool keep_alive = parser.get().keep_alive();
    const HttpRequest request = from_beast(parser.release());
    HttpResponse response;
    try {
      response = co_await router.answer(request);
    } catch (const std::exception& failure) {
      report(fmt::format("{} {}: {}", request.method, request.path(), failure.what()));
      response = HttpResponse(500, "internal error\n");
    }
    go_on = co_await write(*stream, std::move(response), request.method == "HEAD", keep_alive);
  }
  error_code ignored;
  stream->socket().shutdown(tcp::socket::shutdown_send, ignored);
  stream->close();
  open.erase(stream);
}

asio::awaitable<void> HttpServer::State::accept_all() {
  while (!stopped) {
    error_code ec;
    tcp::socket socket = co_await acceptor.async_accept(into(ec));
    if (stopped) co_return;
    if (ec) {
      // Out of descriptors, most likely: wait for some to be closed instead of spinning.
      asio::steady_timer pause(executor, std::chrono::milliseconds(100));
      co_await pause.async_wait(into(ec));
      continue;
    }
    if (open.size() >= options.connections_max) continue;  // closed by going out of scope
    socket.set_option(tcp::no_delay(true), ec);
    auto stream = std::make_shared<beast::tcp_stream>(std::move(socket));
    open.insert(stream);
    asio::co_spawn(executor, serve(stream), [self = shared_from_this(), stream](std::exception_ptr failure) {
      self->open.erase(stream);
      if (failure) self->report("a connection ended in an exception");
    });
  }
}

HttpServer::HttpServer(asio::any_io_executor executor, HttpServerOptions options, Router router)
    : state_(std::make_shared<State>(std::move(executor), std::move(options), std::move(router))) {}

HttpServer::~HttpServer() { stop(); }

Result<void> HttpServer::start() {
  State& s = *state_;
  const auto place = [&] { return fmt::format("listen on {}:{}", s.options.address, s.options.port); };
  error_code ec;
  const auto address = asio::ip::make_address(s.options.address, ec);
  if (ec) return Error(ErrorKind::invalid, place() + ": write an address like 127.0.0.1 or 0.0.0.0");
  const tcp::endpoint endpoint(address, static_cast<std::uint16_t>(s.options.port));
  s.acceptor.open(endpoint.protocol(), ec);
  if (!ec) s.acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec) s.acceptor.bind(endpoint, ec);
  if (!ec) s.acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec)
    return Error(ErrorKind::conflict,
                 fmt::format("{}: {}; choose another with --listen", place(), ec.message()));
  asio::co_spawn(s.executor, s.accept_all(), [state = state_](std::exception_ptr failure) {
    if (failure) state->report("accepting ended in an exception");
  });
  return {};
}

int HttpServer::port() const { return state_->acceptor.local_endpoint().port(); }

std::string HttpServer::origin() const {
  const std::string& address = state_->options.address;
  const bool v6 = state_->acceptor.local_endpoint().address().is_v6();
  return fmt::format("http://{}:{}", v6 ? "[" + address + "]" : address, port());
}

void HttpServer::stop() {
  state_->stopped = true;
  error_code ignored;
  state_->acceptor.close(ignored);
  for (const auto& stream : state_->open) stream->socket().close(ignored);
}

}  // namespace davy::net
