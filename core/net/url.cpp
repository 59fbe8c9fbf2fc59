#include "core/net/url.hpp"

#include "core/base/text.hpp"

#include <boost/url/parse.hpp>
#include <fmt/format.h>

namespace davy::net {
namespace {

Error bad_url(std::string_view text, std::string_view why) {
  return Error(ErrorKind::invalid, fmt::format("'{}' is not a URL: {}", printable(text), why), "bad_url");
}

}  // namespace

std::string Url::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? "443" : "80") ? name : name + ":" + port;
}

std::string Url::origin() const { return (tls ? "https://" : "http://") + authority(); }

Result<Url> parse_url(std::string_view text) {
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) return bad_url(text, "write it as http://host:port/path");
  const auto& u = *parsed;
  Url url;
  if (u.scheme() == "https") {
    url.tls = true;
  } else if (u.scheme() != "http") {
    return bad_url(text, "only http and https are known");
  }
  if (u.has_userinfo()) {
    return Error(ErrorKind::invalid,
                 "a URL must not carry a user name or password; use basic_auth with password_file",
                 "bad_url");
  }
  url.host = u.host_address();
  if (url.host.empty()) return bad_url(text, "the host is missing");
  url.port = u.has_port() && !u.port().empty() ? std::string(u.port()) : (url.tls ? "443" : "80");
  if (u.has_port() && !u.port().empty() && u.port_number() == 0)
    return bad_url(text, "the port is not between 1 and 65535");
  url.target = std::string(u.encoded_path());
  if (url.target.empty()) url.target = "/";
  if (u.has_query()) url.target += "?" + std::string(u.encoded_query());
  return url;
}

}  // namespace davy::net
