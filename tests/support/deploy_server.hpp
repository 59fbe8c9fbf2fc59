#pragma once

// A deploy API that answers as the test says, on loopback, and keeps what it was asked.

#include "config/section.hpp"
#include "core/net/dns.hpp"
#include "core/net/http_server.hpp"
#include "rollback/http/http_actuator.hpp"
#include "tests/support/run.hpp"

#include <doctest/doctest.h>
#include <functional>

namespace davy::test {

class DeployServer {
 public:
  DeployServer() {
    net::Router router;
    const auto answer = [this](const net::HttpRequest& request,
                               const net::PathValues&) -> boost::asio::awaitable<net::HttpResponse> {
      asked.push_back(request);
      co_return respond(static_cast<int>(asked.size()));
    };
    router.add("POST", "/rollback", answer);
    router.add("GET", "/state", answer);
    server =
        std::make_unique<net::HttpServer>(loop.get_executor(), net::HttpServerOptions(), std::move(router));
    REQUIRE(server->start().has_value());
  }

  // `options` is YAML for the inside of `http:`; URL stands for this server's origin.
  std::unique_ptr<rollback::Actuator> actuator(std::string options) {
    for (std::size_t at = 0; (at = options.find("URL", at)) != std::string::npos;)
      options.replace(at, 3, server->origin());
    yaml = config::load_yaml(options, "options.yaml", config::empty_environment());
    REQUIRE(yaml->root.has_value());
    return rollback::make_http_actuator(*yaml->root, parts());
  }
  std::string problems() const { return yaml->problems->to_text(); }
  rollback::ActuatorParts parts() {
    return {loop.get_executor(), std::make_shared<net::Resolver>(loop.get_executor())};
  }

  static Action action(std::string reason = "errors") {
    Action a;
    a.id = "r1.rollback.1";
    a.service = "checkout";
    a.release = "r1";
    a.revision = "4f2c";
    a.reason = std::move(reason);
    a.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    return a;
  }
  Result<ActionOutcome> apply(rollback::Actuator& actuator, const Action& a) {
    return run(loop, actuator.apply(a));
  }

  boost::asio::io_context loop;
  std::vector<net::HttpRequest> asked;
  std::function<net::HttpResponse(int nth)> respond = [](int) {
    return net::HttpResponse(200, "{}", "application/json");
  };
  std::unique_ptr<net::HttpServer> server;
  std::optional<config::LoadedYaml> yaml;
};

}  // namespace davy::test
