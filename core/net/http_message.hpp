#pragma once

// HTTP requests and responses as plain values, the same for client and server.
//
// Both types have constructors on purpose: GCC 12 destroys an aggregate temporary twice inside a co_await
// expression.

#include "core/base/clock.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace davy::net {

// Names compare without case. Order is kept.
class HttpHeaders {
 public:
  HttpHeaders() = default;
  HttpHeaders(std::initializer_list<std::pair<std::string, std::string>> pairs) : pairs_(pairs) {}

  std::optional<std::string_view> get(std::string_view name) const;  // the first of that name
  void set(std::string name, std::string value);                     // replaces all of that name
  void add(std::string name, std::string value) { pairs_.emplace_back(std::move(name), std::move(value)); }

  auto begin() const { return pairs_.begin(); }
  auto end() const { return pairs_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

class HttpRequest {
 public:
  HttpRequest() = default;
  HttpRequest(std::string method_, std::string url_) : method(std::move(method_)), url(std::move(url_)) {}

  std::string method = "GET";
  std::string url;  // client: absolute; server: path and query as received
  HttpHeaders headers;
  std::string body;

  // Client only: bytes of the decompressed answer beyond which the request fails (cause body_size_limit).
  std::size_t body_bytes_max = 1024 * 1024;

  // Server only: the path without the query.
  std::string_view path() const { return std::string_view(url).substr(0, url.find('?')); }
};

class HttpResponse {
 public:
  HttpResponse() = default;
  explicit HttpResponse(int status_, std::string body_ = {},
                        std::string content_type = "text/plain; charset=utf-8");

  int status = 200;
  HttpHeaders headers;
  std::string body;  // decompressed

  bool ok() const { return status >= 200 && status < 300; }
  // Retry-After in seconds; the date form is taken as absent (our clock and the peer's may differ).
  std::optional<Duration> retry_after() const;
};

// "404 Not Found"; the number alone where the code has no name.
std::string to_status_line(int status);

// Resolves %XX and, in a query, +. Broken escapes stay as they are.
std::string percent_decoded(std::string_view text);
std::optional<std::string> query_value(std::string_view url, std::string_view key);

}  // namespace davy::net
