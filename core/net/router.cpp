#include "core/net/router.hpp"

#include "core/base/text.hpp"

#include <optional>

namespace davy::net {
namespace asio = boost::asio;
namespace {

std::optional<PathValues> match(std::string_view pattern, std::string_view path) {
  const auto wanted = split(pattern, '/');
  const auto given = split(path, '/');
  if (wanted.size() != given.size()) return std::nullopt;
  PathValues values;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].starts_with('{')) {
      values.emplace(wanted[i].substr(1, wanted[i].size() - 2), percent_decoded(given[i]));
    } else if (wanted[i] != given[i]) {
      return std::nullopt;
    }
  }
  return values;
}

}  // namespace

void Router::add(std::string method, std::string pattern, Handler handler) {
  routes_.push_back({std::move(method), std::move(pattern), std::move(handler)});
}

asio::awaitable<HttpResponse> Router::answer(const HttpRequest& request) const {
  std::vector<std::string> allowed;
  for (const Route& route : routes_) {
    const auto values = match(route.pattern, request.path());
    if (!values) continue;
    if (route.method == request.method || (route.method == "GET" && request.method == "HEAD")) {
      co_return co_await route.handler(request, *values);
    }
    allowed.push_back(route.method);
  }
  if (allowed.empty()) co_return HttpResponse(404, "not found\n");
  HttpResponse refused(405, "method not allowed\n");
  refused.headers.set("Allow", join(allowed, ", "));
  co_return refused;
}

}  // namespace davy::net
