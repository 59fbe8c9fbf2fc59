#include "server/request_check.hpp"

#include "core/base/secret.hpp"
#include "core/base/text.hpp"
#include "core/net/http_client.hpp"

#include <boost/asio/ip/address.hpp>

namespace davy::server {
namespace {

net::HttpResponse refusal(int status, const std::string& why) {
  return net::HttpResponse(status, "{\"error\":\"" + why + "\"}\n", "application/json");
}

}  // namespace

bool is_local_or_literal(std::string_view host) {
  if (host.starts_with('[')) {
    host = host.substr(1, host.find(']') - 1);
  } else {
    host = host.substr(0, host.rfind(':'));
  }
  boost::system::error_code ec;
  boost::asio::ip::make_address(std::string(host), ec);
  return !ec || equal_ignoring_case(host, "localhost");
}

std::optional<net::HttpResponse> refuse_change(const net::HttpRequest& request,
                                               const std::string& token_file) {
  if (token_file.empty()) return refusal(403, "changes over HTTP are off; start davy with --api-token-file");
  const std::string_view host = request.headers.get("Host").value_or("");
  if (!is_local_or_literal(host))
    return refusal(403, "the Host header names neither an address nor localhost");
  const auto origin = request.headers.get("Origin");
  if (origin && *origin != "http://" + std::string(host))
    return refusal(403, "cross-origin requests are refused");
  const auto token = net::read_secret_file(token_file);
  if (!token) return refusal(403, "the token file cannot be read");
  const std::string_view given = request.headers.get("Authorization").value_or("");
  if (!given.starts_with("Bearer ") || !equal_in_constant_time(given.substr(7), *token)) {
    auto answer = refusal(401, "a valid bearer token is needed");
    answer.headers.set("WWW-Authenticate", "Bearer");
    return answer;
  }
  return std::nullopt;
}

}  // namespace davy::server
