// The routes as a caller meets them, without a socket.

#include "server/api.hpp"

#include "server/request_check.hpp"
#include "tests/support/run.hpp"
#include "tests/support/scratch.hpp"

#include <doctest/doctest.h>

namespace davy::server {
namespace {

using net::HttpRequest;
using net::HttpResponse;

struct Desk {
  explicit Desk(bool with_token = true, const std::vector<std::string>& services = {"checkout"}) {
    ApiParts parts;
    for (const std::string& name : services)
      parts.services.push_back({name,
                                [this, name] {
                                  GuardSnapshot own = snapshot;
                                  own.service = name;
                                  return own;
                                },
                                [this](OperatorRequest request) { queued.push_back(std::move(request)); },
                                [this] { return ready; }, [this] { return account; }});
    parts.metrics = [] { return std::string("davy_up 1\n"); };
    if (with_token) parts.token_file = scratch.write("token", "s3cret\n");
    router = make_routes(std::move(parts));
    snapshot.service = "checkout";
    snapshot.release = "r1";
    snapshot.phase = Phase::watching;
  }

  HttpResponse send(HttpRequest request) {
    boost::asio::io_context loop;
    return test::run(loop, router.answer(request));
  }
  HttpResponse get(const std::string& path) { return send(HttpRequest("GET", path)); }
  static HttpRequest change(const std::string& path, const std::string& body = "") {
    HttpRequest request("POST", path);
    request.headers.set("Host", "127.0.0.1:3289");
    request.headers.set("Authorization", "Bearer s3cret");
    request.body = body;
    return request;
  }

  test::Scratch scratch;
  GuardSnapshot snapshot;
  bool ready = true;
  std::optional<std::string> account;
  std::vector<OperatorRequest> queued;
  net::Router router;
};

}  // namespace

TEST_CASE("of several services each has its status and its changes") {
  Desk desk(true, {"checkout", "basket"});
  CHECK(desk.get("/api/v1/status").body.starts_with("{\"services\":[{\"service\":\"checkout\""));
  CHECK(desk.get("/api/v1/status?service=basket").body.starts_with("{\"service\":\"basket\""));
  CHECK(desk.get("/api/v1/status?service=cellar").status == 404);
  CHECK(desk.send(Desk::change("/api/v1/hold")).status == 400);
  CHECK(desk.send(Desk::change("/api/v1/hold", R"({"service":"cellar"})")).status == 400);
  CHECK(desk.send(Desk::change("/api/v1/hold", R"({"service":"basket"})")).status == 202);
  CHECK(desk.queued.size() == 1);
}

TEST_CASE("health metrics and status are for everybody") {
  Desk desk;
  CHECK(desk.get("/-/healthy").status == 200);
  CHECK(desk.get("/metrics").body == "davy_up 1\n");
  CHECK(desk.get("/api/v1/status").body.find("\"phase\":\"watching\"") != std::string::npos);
  CHECK(desk.get("/-/ready").status == 200);
  desk.ready = false;
  CHECK(desk.get("/-/ready").status == 503);
}

TEST_CASE("a change with the token is queued") {
  Desk desk;
  const auto answer = desk.send(Desk::change("/api/v1/releases", R"({"release":"r2","revision":"abc"})"));
  CHECK(answer.status == 202);
  REQUIRE(desk.queued.size() == 1);
  CHECK(desk.queued[0].kind == OperatorRequest::Kind::start_release);
  CHECK(desk.queued[0].release == "r2");
  CHECK(desk.queued[0].revision == "abc");
}

TEST_CASE("A05 the same release asked for twice starts one window") {
  Desk desk;
  CHECK(desk.send(Desk::change("/api/v1/releases", R"({"release":"r2"})")).status == 202);
  CHECK(desk.send(Desk::change("/api/v1/releases", R"({"release":"r2"})")).status == 200);
  CHECK(desk.queued.size() == 1);
}

TEST_CASE("without a token file nothing can be changed") {
  Desk desk(false);
  const auto answer = desk.send(Desk::change("/api/v1/hold"));
  CHECK(answer.status == 403);
  CHECK(answer.body.find("--api-token-file") != std::string::npos);
  CHECK(desk.queued.empty());
}

TEST_CASE("A07 a missing or wrong token changes nothing") {
  Desk desk;
  for (const char* given : {"", "Bearer", "Bearer wrong", "Basic s3cret", "bearer s3cret"}) {
    auto request = Desk::change("/api/v1/rollback");
    request.headers.set("Authorization", given);
    CAPTURE(given);
    CHECK(desk.send(std::move(request)).status == 401);
  }
  CHECK(desk.queued.empty());
}

TEST_CASE("A06 a page of another origin and a rebound name change nothing") {
  Desk desk;
  auto cross = Desk::change("/api/v1/rollback");
  cross.headers.set("Origin", "https://evil.example");
  CHECK(desk.send(std::move(cross)).status == 403);
  auto rebound = Desk::change("/api/v1/rollback");
  rebound.headers.set("Host", "evil.example:3289");
  CHECK(desk.send(std::move(rebound)).status == 403);
  auto same = Desk::change("/api/v1/rollback");
  same.headers.set("Origin", "http://127.0.0.1:3289");
  CHECK(desk.send(std::move(same)).status == 202);
}

TEST_CASE("a body that cannot be meant is refused with its reason") {
  Desk desk;
  const auto refuse = [&](const std::string& body) {
    return desk.send(Desk::change("/api/v1/releases", body)).status;
  };
  CHECK(refuse("{") == 400);
  CHECK(refuse("[]") == 400);
  CHECK(refuse(R"({"relase":"r2"})") == 400);
  CHECK(refuse(R"({"release":7})") == 400);
  CHECK(refuse(R"({"release":"a b"})") == 400);
  CHECK(refuse("{\"release\":\"" + std::string(201, 'x') + "\"}") == 400);
  CHECK(desk.queued.empty());
}

TEST_CASE("an order without a release to give it to is a conflict") {
  Desk desk;
  desk.snapshot.phase = Phase::healed;
  CHECK(desk.send(Desk::change("/api/v1/hold")).status == 409);
}

TEST_CASE("addresses and localhost are told from names") {
  CHECK(is_local_or_literal("127.0.0.1:3289"));
  CHECK(is_local_or_literal("localhost"));
  CHECK(is_local_or_literal("[::1]:3289"));
  CHECK_FALSE(is_local_or_literal("davy.example:3289"));
  CHECK_FALSE(is_local_or_literal(""));
}

TEST_CASE("the account of the release that ended last is there for whoever follows") {
  Desk desk;
  CHECK(desk.get("/api/v1/incidents/last").status == 404);
  desk.account = "{\"end\":\"passed\"}";
  CHECK(desk.get("/api/v1/incidents/last").body == "{\"end\":\"passed\"}\n");
  CHECK(desk.get("/api/v1/incidents/last?service=checkout").status == 200);
  CHECK(desk.get("/api/v1/incidents/last?service=other").status == 404);
}

}  // namespace davy::server
