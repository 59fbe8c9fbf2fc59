#include "core/net/http_connection.hpp"

#include "core/base/text.hpp"
#include "core/net/inflate.hpp"
#include "core/net/into.hpp"

#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <charconv>
#include <fmt/format.h>

namespace davy::net {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using beast::error_code;
namespace {

constexpr std::size_t header_bytes_max = 64 * 1024;
constexpr std::size_t addresses_tried_max = 8;

// What the connection was doing, for the cause of a failure.
Error failed(std::string_view step, const error_code& ec) {
  if (ec == beast::error::timeout) {
    return Error(ErrorKind::timed_out, fmt::format("timed out ({})", step), fmt::format("timeout_{}", step));
  }
  if (ec == asio::error::operation_aborted) return Error(ErrorKind::cancelled, "cancelled");
  if (ec == http::error::partial_message || ec == ssl::error::stream_truncated) {
    return Error(ErrorKind::malformed, "the answer was cut short", "short_body");
  }
  if (ec == http::error::header_limit || ec == http::error::buffer_overflow) {
    return Error(ErrorKind::over_limit,
                 fmt::format("the answer's headers are larger than {} bytes", header_bytes_max),
                 "header_limit");
  }
  if (ec == http::error::end_of_stream) {
    return Error(ErrorKind::unreachable, "the peer closed the connection without an answer", "closed");
  }
  if (ec.category() == http::make_error_code(http::error::bad_version).category()) {
    return Error(ErrorKind::malformed, fmt::format("the answer is not HTTP: {}", ec.message()), "bad_http");
  }
  if (ec == asio::error::connection_refused)
    return Error(ErrorKind::unreachable, "connection refused", "refused");
  if (ec == asio::error::connection_reset || ec == asio::error::broken_pipe) {
    return Error(ErrorKind::unreachable, fmt::format("connection reset ({})", step), "reset");
  }
  return Error(ErrorKind::unreachable, fmt::format("{} ({})", ec.message(), step), std::string(step));
}

Error handshake_failed(const error_code& ec, SSL* native) {
  if (ec == beast::error::timeout) return failed("tls", ec);
  const long why = SSL_get_verify_result(native);
  if (why == X509_V_OK)
    return Error(ErrorKind::unreachable, fmt::format("TLS handshake: {}", ec.message()), "tls");
  const char* cause = "tls_certificate";
  if (why == X509_V_ERR_CERT_HAS_EXPIRED) cause = "tls_expired";
  if (why == X509_V_ERR_CERT_NOT_YET_VALID) cause = "tls_not_yet_valid";
  if (why == X509_V_ERR_HOSTNAME_MISMATCH || why == X509_V_ERR_IP_ADDRESS_MISMATCH) cause = "tls_wrong_host";
  if (why == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY || why == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
      why == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT || why == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE) {
    cause = "tls_unknown_ca";
  }
  return Error(ErrorKind::denied,
               fmt::format("the peer's certificate is not trusted: {}; check tls_config",
                           X509_verify_cert_error_string(why)),
               cause);
}

std::optional<Duration> time_left_of(SSL* native) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(native),
                                                                &X509_free);
  int days = 0;
  int left_s = 0;
  if (!certificate || ASN1_TIME_diff(&days, &left_s, nullptr, X509_get0_notAfter(certificate.get())) == 0)
    return std::nullopt;
  return std::chrono::hours(24) * days + std::chrono::seconds(left_s);
}

http::request<http::string_body> to_beast(const HttpRequest& request, const Url& url) {
  http::request<http::string_body> out;
  out.version(11);
  out.method_string(request.method);
  out.target(url.target);
  out.set(http::field::host, url.authority());
  for (const auto& [name, value] : request.headers) out.insert(name, value);
  out.body() = request.body;
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT" ||
      request.method == "PATCH") {
    out.content_length(request.body.size());
  }
  return out;
}

// The body as it arrives: counted while compressed, counted again while decompressed.
class BodyReader {
 public:
  BodyReader(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  Result<void> start(std::string_view encoding, std::optional<std::uint64_t> announced) {
    if (announced && *announced > bytes_max_) return body_over_limit(bytes_max_);
    if (encoding.empty() || equal_ignoring_case(encoding, "identity")) return {};
    if (!equal_ignoring_case(encoding, "gzip") && !equal_ignoring_case(encoding, "x-gzip")) {
      return Error(ErrorKind::unsupported,
                   fmt::format("Content-Encoding '{}' is not known", printable(encoding, 40)),
                   "unsupported_encoding");
    }
    inflater_.emplace(bytes_max_);
    return {};
  }

  Result<void> add(std::string_view piece) {
    received_ += piece.size();
    if (received_ > bytes_max_) return body_over_limit(bytes_max_);
    if (inflater_) return inflater_->add(piece, body_);
    body_ += piece;
    return {};
  }

  Result<std::string> finish() {
    if (inflater_ && received_ > 0) {
      if (auto done = inflater_->finish(); !done) return done.error();
    }
    return std::move(body_);
  }

 private:
  std::size_t bytes_max_;
  std::size_t received_ = 0;
  std::optional<Inflater> inflater_;
  std::string body_;
};

template <class Stream>
class Connection final : public HttpConnection {
 public:
  explicit Connection(Stream stream) : stream_(std::move(stream)) {}

  bool reusable() const override { return reusable_; }

  std::optional<Duration> certificate_left() const override {
    if constexpr (std::is_same_v<Stream, beast::ssl_stream<beast::tcp_stream>>) {
      return time_left_of(const_cast<Stream&>(stream_).native_handle());
    } else {
      return std::nullopt;
    }
  }

  asio::awaitable<Result<HttpResponse>> begin(const HttpRequest& request, const Url& url,
                                              Deadline deadline) override {
    reusable_ = false;
    beast::get_lowest_layer(stream_).expires_at(deadline.at());
    error_code ec;

    auto out = to_beast(request, url);
    co_await http::async_write(stream_, out, into(ec));
    if (ec) co_return failed("write", ec);

    parser_.emplace();
    parser_->header_limit(header_bytes_max);
    parser_->body_limit(boost::none);
    if (request.method == "HEAD") parser_->skip(true);
    co_await http::async_read_header(stream_, buffer_, *parser_, into(ec));
    if (ec) co_return failed("headers", ec);

    HttpResponse response;
    response.status = static_cast<int>(parser_->get().result_int());
    for (const auto& field : parser_->get()) {
      response.headers.add(std::string(field.name_string()), std::string(field.value()));
    }
    co_return response;
  }

  asio::awaitable<Result<std::string>> piece(Deadline deadline) override {
    beast::get_lowest_layer(stream_).expires_at(deadline.at());
    while (!parser_->is_done()) {
      offer_chunk();
      error_code ec;
      co_await http::async_read_some(stream_, buffer_, *parser_, into(ec));
      if (ec == http::error::need_buffer) ec = {};
      if (ec) co_return failed("body", ec);
      if (const auto got = chunk_filled(); !got.empty()) co_return std::string(got);
    }
    co_return std::string();
  }

  asio::awaitable<Result<HttpResponse>> exchange(const HttpRequest& request, const Url& url,
                                                 Deadline deadline) override {
    auto response = co_await begin(request, url, deadline);
    if (!response) co_return response.error();
    BodyReader body(request.body_bytes_max);
    const auto announced = parser_->content_length();
    const auto started = body.start(response->headers.get("Content-Encoding").value_or(""),
                                    announced ? std::optional(*announced) : std::nullopt);
    if (!started) co_return started.error();
    while (!parser_->is_done()) {
      offer_chunk();
      error_code ec;
      co_await http::async_read(stream_, buffer_, *parser_, into(ec));
      if (ec == http::error::need_buffer) ec = {};
      if (ec) co_return failed("body", ec);
      const auto added = body.add(chunk_filled());
      if (!added) co_return added.error();
    }
    auto complete = body.finish();
    if (!complete) co_return complete.error();
    response->body = std::move(*complete);
    reusable_ = parser_->keep_alive();
    co_return response;
  }

 private:
  void offer_chunk() {
    auto& body = parser_->get().body();
    body.data = chunk_.data();
    body.size = chunk_.size();
    body.more = true;
  }
  std::string_view chunk_filled() const {
    return {chunk_.data(), chunk_.size() - parser_->get().body().size};
  }

  Stream stream_;
  beast::flat_buffer buffer_{header_bytes_max + 64 * 1024};
  std::array<char, 64 * 1024> chunk_;
  std::optional<http::response_parser<http::buffer_body>> parser_;  // of the answer being read
  bool reusable_ = true;
};

using Tcp = beast::tcp_stream;
using Tls = beast::ssl_stream<beast::tcp_stream>;

// (A pointer, because a tcp_stream claims to be constructible from anything, an Error included.)
asio::awaitable<Result<std::unique_ptr<Tcp>>> connect(asio::any_io_executor executor,
                                                      std::vector<asio::ip::address> addresses,
                                                      std::uint16_t port, Deadline deadline) {
  if (addresses.size() > addresses_tried_max) addresses.resize(addresses_tried_max);
  std::optional<Error> last;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const Duration left = deadline.left();
    if (left <= Duration::zero()) break;
    const Duration share =
        std::max<Duration>(left / static_cast<long>(addresses.size() - i), std::chrono::milliseconds(50));
    auto stream = std::make_unique<Tcp>(executor);
    stream->expires_at(deadline.or_sooner(std::chrono::steady_clock::now() + share).at());
    error_code ec;
    const asio::ip::tcp::endpoint endpoint(addresses[i], port);
    co_await stream->async_connect(endpoint, into(ec));
    if (!ec) {
      stream->socket().set_option(asio::ip::tcp::no_delay(true), ec);
      co_return std::move(stream);
    }
    last = failed("connect", ec);
    if (last->kind() == ErrorKind::cancelled) break;
  }
  if (!last) co_return failed("connect", beast::error::timeout);
  co_return *last;
}

asio::awaitable<Result<std::unique_ptr<HttpConnection>>> secure(Tcp tcp, const Url& url,
                                                                TlsClientContext& tls, Deadline deadline) {
  const auto context = tls.current();
  if (!context) co_return context.error();
  Tls stream(std::move(tcp), **context);
  const std::string name = tls.access().server_name.empty() ? url.host : tls.access().server_name;
  error_code ec;
  asio::ip::make_address(name, ec);
  X509_VERIFY_PARAM* const expected = SSL_get0_param(stream.native_handle());
  if (ec) {
    SSL_set_tlsext_host_name(stream.native_handle(), name.c_str());  // SNI carries names, never addresses
    X509_VERIFY_PARAM_set1_host(expected, name.c_str(), 0);
  } else {
    X509_VERIFY_PARAM_set1_ip_asc(expected, name.c_str());
  }
  beast::get_lowest_layer(stream).expires_at(deadline.at());
  ec = {};
  co_await stream.async_handshake(ssl::stream_base::client, into(ec));
  if (ec) co_return handshake_failed(ec, stream.native_handle());
  std::unique_ptr<HttpConnection> connection = std::make_unique<Connection<Tls>>(std::move(stream));
  co_return std::move(connection);
}

}  // namespace

asio::awaitable<Result<std::unique_ptr<HttpConnection>>> open_connection(
    asio::any_io_executor executor, const Url& url, std::vector<asio::ip::address> addresses,
    TlsClientContext* tls, Deadline deadline) {
  std::uint16_t port = 0;
  std::from_chars(url.port.data(), url.port.data() + url.port.size(), port);
  auto tcp = co_await connect(executor, std::move(addresses), port, deadline);
  if (!tcp) co_return tcp.error();
  if (tls != nullptr) co_return co_await secure(std::move(**tcp), url, *tls, deadline);
  std::unique_ptr<HttpConnection> connection = std::make_unique<Connection<Tcp>>(std::move(**tcp));
  co_return std::move(connection);
}

}  // namespace davy::net
