#pragma once

// Which handler answers which method and path. A pattern is a path whose segments may be {name}:
// "/api/v1/releases/{id}".

#include "core/net/http_message.hpp"

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace davy::net {

using PathValues = std::map<std::string, std::string>;
using Handler = std::function<boost::asio::awaitable<HttpResponse>(const HttpRequest&, const PathValues&)>;

class Router {
 public:
  void add(std::string method, std::string pattern, Handler handler);

  // 404 for an unknown path, 405 with Allow for a known path with another method; HEAD is answered by GET's
  // handler.
  boost::asio::awaitable<HttpResponse> answer(const HttpRequest& request) const;

 private:
  struct Route {
    std::string method;
    std::string pattern;
    Handler handler;
  };
  std::vector<Route> routes_;
};

}  // namespace davy::net
