#include "core/net/http_client.hpp"

#include "core/base/text.hpp"

#include <boost/beast/core/detail/base64.hpp>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>

namespace davy::net {
namespace asio = boost::asio;
namespace {

constexpr int redirects_max = 3;
constexpr const char* user_agent = "davy/0.1.0";

std::string base64(std::string_view bytes) {
  namespace codec = boost::beast::detail::base64;
  std::string out(codec::encoded_size(bytes.size()), '\0');
  out.resize(codec::encode(out.data(), bytes.data(), bytes.size()));
  return out;
}

Result<void> add_credentials(const HttpAccess& access, HttpHeaders& headers) {
  for (const auto& [name, value] : access.headers) headers.set(name, value);
  if (!access.basic_username.empty()) {
    const auto password = read_secret(access.basic_password_file, access.basic_password_env);
    if (!password) return password.error();
    headers.set("Authorization", "Basic " + base64(access.basic_username + ":" + *password));
  }
  if (!access.credentials_file.empty() || !access.credentials_env.empty()) {
    const auto credentials = read_secret(access.credentials_file, access.credentials_env);
    if (!credentials) return credentials.error();
    headers.set("Authorization", access.authorization_type + " " + *credentials);
  }
  if (!access.credentials.empty())
    headers.set("Authorization", access.authorization_type + " " + access.credentials.reveal());
  return {};
}

bool is_link_local(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return is_link_local(asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()));
  }
  if (address.is_v6()) {
    // fd00:ec2::254 is the metadata service of one cloud, outside the link-local range.
    return address.to_v6().is_link_local() || address == asio::ip::make_address("fd00:ec2::254");
  }
  const auto bytes = address.to_v4().to_bytes();
  return bytes[0] == 169 && bytes[1] == 254;
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Where a redirect leads, when it may be followed.
Result<Url> redirect_target(const Url& from, const HttpResponse& response, bool allowed) {
  const std::string location(response.headers.get("Location").value_or(""));
  const bool relative = location.starts_with('/') && !location.starts_with("//");
  auto to = relative ? parse_url(from.origin() + location) : parse_url(location);
  const std::string shown = to ? to->origin() : "an unreadable place";
  if (!allowed) {
    return Error(ErrorKind::denied,
                 fmt::format("{} to {} is not followed; name that URL, or set follow_redirects: true",
                             response.status, shown),
                 "redirect");
  }
  if (!to) return to.error();
  if (to->origin() != from.origin()) {
    return Error(ErrorKind::denied, fmt::format("redirect to another origin ({}) is never followed", shown),
                 "redirect");
  }
  return to;
}

}  // namespace

HttpClient::HttpClient(asio::any_io_executor executor, std::shared_ptr<Resolver> resolver,
                       HttpClientOptions options)
    : executor_(std::move(executor)),
      resolver_(std::move(resolver)),
      options_(std::move(options)),
      tls_(options_.access.tls) {}

HttpClient::~HttpClient() = default;

asio::awaitable<Result<HttpResponse>> HttpClient::send(HttpRequest request, Deadline deadline) {
  auto url = parse_url(request.url);
  if (!url) co_return url.error();
  if (!request.headers.get("User-Agent")) request.headers.set("User-Agent", user_agent);
  if (!request.headers.get("Accept-Encoding")) request.headers.set("Accept-Encoding", "gzip");
  if (const auto added = add_credentials(options_.access, request.headers); !added) co_return added.error();
  for (int hops = 0;; ++hops) {
    auto response = co_await send_once(request, *url, deadline);
    if (!response || !is_redirect(response->status)) co_return response;
    auto next = redirect_target(*url, *response, options_.access.follow_redirects && request.method == "GET");
    if (!next) co_return next.error();
    if (hops == redirects_max) co_return Error(ErrorKind::denied, "too many redirects", "redirect");
    url = std::move(next);
  }
}

asio::awaitable<Result<std::unique_ptr<HttpStream>>> HttpClient::open_stream(HttpRequest request,
                                                                             Deadline deadline) {
  const auto url = parse_url(request.url);
  if (!url) co_return url.error();
  request.headers.set("User-Agent", user_agent);
  request.headers.set("Accept-Encoding", "identity");
  if (const auto added = add_credentials(options_.access, request.headers); !added) co_return added.error();
  auto connection = co_await open(*url, deadline);
  if (!connection) co_return connection.error();
  auto head = co_await (*connection)->begin(request, *url, deadline);
  if (!head) co_return head.error();
  co_return std::make_unique<HttpStream>(std::move(*head), std::move(*connection));
}

asio::awaitable<Result<Reached>> HttpClient::reach(std::string text, Deadline deadline) {
  const auto url = parse_url(text);
  if (!url) co_return url.error();
  auto connection = co_await open(*url, deadline);
  if (!connection) co_return connection.error();
  Reached reached;
  reached.certificate_left = (*connection)->certificate_left();
  co_return reached;
}

// A connection made with certificates that have been replaced since is not used again.
void HttpClient::forget_idle_of_other_files() {
  const auto context = tls_.current();
  if (!context || *context == idle_context_.lock()) return;
  idle_.clear();
  idle_context_ = *context;
}

asio::awaitable<Result<HttpResponse>> HttpClient::send_once(const HttpRequest& request, const Url& url,
                                                            Deadline deadline) {
  const bool repeatable = request.method == "GET" || request.method == "HEAD";
  const std::string origin = url.origin();
  if (url.tls) forget_idle_of_other_files();
  if (auto kept = repeatable ? take_idle(origin) : nullptr) {
    auto response = co_await kept->exchange(request, url, deadline);
    if (response) {
      if (kept->reusable()) keep_idle(origin, std::move(kept));
      co_return response;
    }
    // The peer may have closed it while it was idle: that says nothing about the peer.
    const Error why = response.error();
    const std::string_view cause = why.cause();
    if (cause != "closed" && cause != "reset" && cause != "write") co_return response;
  }
  auto connection = co_await open(url, deadline);
  if (!connection) co_return connection.error();
  auto response = co_await (*connection)->exchange(request, url, deadline);
  if (response && repeatable && (*connection)->reusable()) keep_idle(origin, std::move(*connection));
  co_return response;
}

asio::awaitable<Result<std::unique_ptr<HttpConnection>>> HttpClient::open(const Url& url, Deadline deadline) {
  auto addresses = co_await resolver_->addresses(url.host, deadline);
  if (!addresses) co_return addresses.error();
  if (!options_.allow_link_local) {
    std::erase_if(*addresses, is_link_local);
    if (addresses->empty()) {
      co_return Error(ErrorKind::denied, url.host + " is a link-local address, which is never called",
                      "address_denied");
    }
  }
  co_return co_await open_connection(executor_, url, std::move(*addresses), url.tls ? &tls_ : nullptr,
                                     deadline);
}

std::unique_ptr<HttpConnection> HttpClient::take_idle(const std::string& origin) {
  auto& kept = idle_[origin];
  if (kept.empty()) return nullptr;
  auto connection = std::move(kept.back());
  kept.pop_back();
  return connection;
}

void HttpClient::keep_idle(const std::string& origin, std::unique_ptr<HttpConnection> connection) {
  auto& kept = idle_[origin];
  if (kept.size() < options_.idle_per_origin_max) kept.push_back(std::move(connection));
}

Result<std::string> read_secret_file(const std::string& path) {
  constexpr std::size_t bytes_max = 64 * 1024;
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return Error(ErrorKind::not_found,
                 fmt::format("cannot read {}; check that it exists and is readable", path), "credentials");
  std::string content(bytes_max + 1, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(file.gcount()));
  if (content.size() > bytes_max)
    return Error(ErrorKind::over_limit, path + " is too large for a secret", "credentials");
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  if (content.empty()) return Error(ErrorKind::invalid, path + " is empty", "credentials");
  return content;
}

Result<std::string> read_secret(const std::string& file, const std::string& variable) {
  if (!file.empty()) return read_secret_file(file);
  if (variable.empty()) return std::string();
  const char* value = std::getenv(variable.c_str());
  if (value == nullptr || *value == '\0') {
    return Error(ErrorKind::not_found, fmt::format("the environment variable {} is not set", variable),
                 "credentials");
  }
  return std::string(value);
}

}  // namespace davy::net
