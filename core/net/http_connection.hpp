#pragma once

// One TCP or TLS connection to one peer, carrying one request at a time. The only client-side user of Beast.
//
// Every step (connect, handshake, write, header, body) runs under the request's one absolute deadline, and an
// Error says in its cause which step failed: timeout_connect, timeout_tls, timeout_headers, timeout_body,
// short_body, ...

#include "core/base/result.hpp"
#include "core/net/deadline.hpp"
#include "core/net/http_message.hpp"
#include "core/net/tls.hpp"
#include "core/net/url.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <memory>
#include <optional>
#include <vector>

namespace davy::net {

class HttpConnection {
 public:
  virtual ~HttpConnection() = default;

  // Sends the request as given (no credentials, redirects or retries: that is HttpClient's work) and reads
  // the answer.
  virtual boost::asio::awaitable<Result<HttpResponse>> exchange(const HttpRequest& request, const Url& url,
                                                                Deadline deadline) = 0;
  // The same in two steps, for an answer that arrives over minutes: begin() ends with the head, and every
  // piece() waits for more of the body, empty at its end. The body must not be compressed.
  virtual boost::asio::awaitable<Result<HttpResponse>> begin(const HttpRequest& request, const Url& url,
                                                             Deadline deadline) = 0;
  virtual boost::asio::awaitable<Result<std::string>> piece(Deadline deadline) = 0;

  // False once the peer asked to close, or anything failed.
  virtual bool reusable() const = 0;

  // How long the peer's certificate is still good; nothing without TLS.
  virtual std::optional<Duration> certificate_left() const = 0;
};

// Tries the addresses in turn, each for its share of the time that is left. `tls` is null for plain HTTP.
boost::asio::awaitable<Result<std::unique_ptr<HttpConnection>>> open_connection(
    boost::asio::any_io_executor executor, const Url& url, std::vector<boost::asio::ip::address> addresses,
    TlsClientContext* tls, Deadline deadline);

}  // namespace davy::net
