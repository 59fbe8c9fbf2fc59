#pragma once

// The one HTTP client of the house.
//
// Keeps idle connections a peer; adds credentials, read from their files at each request; decompresses gzip
// within the request's limit; follows no redirect unless told to, and then only to the same origin. One
// absolute deadline a request. A GET that fails on a kept connection before any answer is tried once more on
// a new one; anything that changes state always gets a connection of its own and is sent once.
//
// Statuses are not errors: a 503 is a response. Errors say what could not be done, with the causes of
// HttpConnection and timeout_resolve, nxdomain, redirect, credentials. Not thread-safe; one client serves
// many coroutines of one loop.

#include "core/base/http_access.hpp"
#include "core/net/dns.hpp"
#include "core/net/http_connection.hpp"
#include "core/net/http_message.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace davy::net {

class HttpClientOptions {
 public:
  HttpAccess access;
  bool allow_link_local = false;  // 169.254/16 and fe80::/10, where clouds keep instance credentials
  std::size_t idle_per_origin_max = 2;
};

// An answer that arrives over minutes, like a watch's.
class HttpStream {
 public:
  HttpStream(HttpResponse head_, std::unique_ptr<HttpConnection> connection)
      : head(std::move(head_)), connection_(std::move(connection)) {}

  // More of the body; "" at its end.
  boost::asio::awaitable<Result<std::string>> next(Deadline deadline) { return connection_->piece(deadline); }

  const HttpResponse head;  // without a body

 private:
  std::unique_ptr<HttpConnection> connection_;
};

// What is known of a peer that could be connected to.
struct Reached {
  std::optional<Duration> certificate_left;  // until its certificate expires; nothing without TLS
};

class HttpClient {
 public:
  HttpClient(boost::asio::any_io_executor executor, std::shared_ptr<Resolver> resolver,
             HttpClientOptions options = {});
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Pass a named request (std::move it in), never a temporary made inside the co_await expression.
  boost::asio::awaitable<Result<HttpResponse>> send(HttpRequest request, Deadline deadline);

  // The same for an answer that is read piece by piece, on a connection of its own, uncompressed, no redirect
  // followed. `deadline` is that of the head.
  boost::asio::awaitable<Result<std::unique_ptr<HttpStream>>> open_stream(HttpRequest request,
                                                                          Deadline deadline);

  // Resolves, connects and shakes hands, and sends nothing: could a request be sent there? Credentials are
  // not looked at.
  boost::asio::awaitable<Result<Reached>> reach(std::string url, Deadline deadline);

 private:
  boost::asio::awaitable<Result<HttpResponse>> send_once(const HttpRequest& request, const Url& url,
                                                         Deadline deadline);
  boost::asio::awaitable<Result<std::unique_ptr<HttpConnection>>> open(const Url& url, Deadline deadline);
  std::unique_ptr<HttpConnection> take_idle(const std::string& origin);
  void forget_idle_of_other_files();
  void keep_idle(const std::string& origin, std::unique_ptr<HttpConnection> connection);

  boost::asio::any_io_executor executor_;
  std::shared_ptr<Resolver> resolver_;
  HttpClientOptions options_;
  TlsClientContext tls_;
  std::weak_ptr<boost::asio::ssl::context> idle_context_;  // that the idle connections were made with
  std::map<std::string, std::vector<std::unique_ptr<HttpConnection>>> idle_;
};

// Reads a small file that holds a secret; one trailing newline is dropped. Errors: not_found, denied,
// over_limit.
Result<std::string> read_secret_file(const std::string& path);
// The same for a secret in a file or an environment variable; both names empty gives "".
Result<std::string> read_secret(const std::string& file, const std::string& variable);

}  // namespace davy::net
