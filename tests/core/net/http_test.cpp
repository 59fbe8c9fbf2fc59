// The client and the server against each other, on loopback.

#include "core/net/http_client.hpp"
#include "core/net/http_server.hpp"
#include "core/net/into.hpp"
#include "tests/support/run.hpp"
#include "tests/support/scratch.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

namespace davy::net {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

struct House {
  explicit House(Router router, HttpServerOptions options = {}, HttpClientOptions client_options = {})
      : server(loop.get_executor(), std::move(options), std::move(router)),
        client(loop.get_executor(), std::make_shared<Resolver>(loop.get_executor()),
               std::move(client_options)) {
    REQUIRE(server.start().has_value());
  }

  Result<HttpResponse> send(HttpRequest request, Duration limit = 2s) {
    return test::run(loop, client.send(std::move(request), Deadline::after(limit)));
  }
  Result<HttpResponse> get(const std::string& path) {
    return send(HttpRequest("GET", server.origin() + path));
  }

  // What the server answers to these very bytes.
  std::string raw(const std::string& bytes) {
    const auto talk = [&]() -> asio::awaitable<std::string> {
      asio::ip::tcp::socket socket(loop);
      boost::system::error_code ec;
      const asio::ip::tcp::endpoint place(asio::ip::address_v4::loopback(),
                                          static_cast<std::uint16_t>(server.port()));
      co_await socket.async_connect(place, into(ec));
      co_await asio::async_write(socket, asio::buffer(bytes), into(ec));
      std::string answer;
      co_await asio::async_read(socket, asio::dynamic_buffer(answer), into(ec));
      co_return answer;
    };
    return test::run(loop, talk());
  }

  asio::io_context loop;
  HttpServer server;
  HttpClient client;
};

Handler answering(HttpResponse response) {
  return [response](const HttpRequest&, const PathValues&) -> asio::awaitable<HttpResponse> {
    co_return response;
  };
}

Handler echo() {
  return [](const HttpRequest& request, const PathValues& values) -> asio::awaitable<HttpResponse> {
    HttpResponse response(200, request.method + " " + request.url + " " + request.body);
    for (const auto& [name, value] : values) response.body += " " + name + "=" + value;
    response.body += " " + std::string(request.headers.get("Authorization").value_or("anonymous"));
    co_return response;
  };
}

}  // namespace

TEST_CASE("a request reaches its route with path values, query and body") {
  Router router;
  router.add("POST", "/releases/{id}/hold", echo());
  House house(std::move(router));
  HttpRequest request("POST", house.server.origin() + "/releases/a%20b/hold?why=x");
  request.body = "please";
  const auto response = house.send(std::move(request));
  REQUIRE(response.has_value());
  CHECK(response->body == "POST /releases/a%20b/hold?why=x please id=a b anonymous");
}

TEST_CASE("unknown paths are 404 and known paths with another method 405") {
  Router router;
  router.add("POST", "/x", echo());
  House house(std::move(router));
  CHECK(house.get("/y")->status == 404);
  const auto refused = house.get("/x");
  CHECK(refused->status == 405);
  CHECK(refused->headers.get("Allow") == "POST");
}

TEST_CASE("a connection serves many GETs") {
  int served = 0;
  Router router;
  router.add("GET", "/", [&](const HttpRequest&, const PathValues&) -> asio::awaitable<HttpResponse> {
    ++served;
    co_return HttpResponse(200, "ok");
  });
  HttpServerOptions options;
  options.connections_max = 1;
  House house(std::move(router), options);
  for (int i = 0; i < 5; ++i) CHECK(house.get("/")->body == "ok");
  CHECK(served == 5);
}

TEST_CASE("credentials are read from their file at each request so a rotated token is used at once") {
  test::Scratch scratch;
  HttpClientOptions options;
  options.access.credentials_file = scratch.write("token", "first\n");
  Router router;
  router.add("GET", "/", echo());
  House house(std::move(router), {}, options);
  CHECK(house.get("/")->body.ends_with("Bearer first"));
  scratch.write("token", "second\n");
  CHECK(house.get("/")->body.ends_with("Bearer second"));
  std::filesystem::remove(options.access.credentials_file);
  CHECK(house.get("/").error().cause() == "credentials");
}

TEST_CASE("basic credentials are encoded as RFC 7617 says") {
  test::Scratch scratch;
  HttpClientOptions options;
  options.access.basic_username = "Aladdin";
  options.access.basic_password_file = scratch.write("password", "open sesame\n");
  Router router;
  router.add("GET", "/", echo());
  House house(std::move(router), {}, options);
  CHECK(house.get("/")->body.ends_with("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
}

TEST_CASE("redirects are followed only when asked and only to the same origin") {
  const auto redirect_to = [](const std::string& place) {
    HttpResponse response(302);
    response.headers.set("Location", place);
    return answering(response);
  };
  const auto routes = [&] {
    Router router;
    router.add("GET", "/here", redirect_to("/there"));
    router.add("GET", "/away", redirect_to("http://127.0.0.1:1/there"));
    router.add("GET", "/loop", redirect_to("/loop"));
    router.add("GET", "/there", answering(HttpResponse(200, "arrived")));
    return router;
  };
  House careful(routes());
  CHECK(careful.get("/here").error().cause() == "redirect");
  HttpClientOptions options;
  options.access.follow_redirects = true;
  House following(routes(), {}, options);
  CHECK(following.get("/here")->body == "arrived");
  CHECK(following.get("/away").error().cause() == "redirect");
  CHECK(following.get("/loop").error().cause() == "redirect");
}

TEST_CASE("link-local addresses are never called") {
  House house{Router{}};
  CHECK(house.send(HttpRequest("GET", "http://169.254.169.254/latest")).error().cause() == "address_denied");
  CHECK(house.send(HttpRequest("GET", "http://[::ffff:169.254.169.254]/")).error().cause() ==
        "address_denied");
}

TEST_CASE("a URL that cannot be used says why") {
  House house{Router{}};
  CHECK(house.send(HttpRequest("GET", "ftp://x/")).error().cause() == "bad_url");
  CHECK(house.send(HttpRequest("GET", "http://user:pw@x/")).error().message().find("basic_auth") !=
        std::string::npos);
  CHECK(house.send(HttpRequest("GET", "not a url")).error().kind() == ErrorKind::invalid);
}

TEST_CASE("A02 large headers and bodies are refused early") {
  Router router;
  router.add("POST", "/", echo());
  HttpServerOptions options;
  options.header_bytes_max = 1024;
  options.body_bytes_max = 1024;
  House house(std::move(router), options);
  CHECK(house.raw("GET / HTTP/1.1\r\nA: " + std::string(4000, 'x') + "\r\n\r\n").starts_with("HTTP/1.1 431"));
  CHECK(house.raw("POST / HTTP/1.1\r\nContent-Length: 2000000000\r\n\r\n").starts_with("HTTP/1.1 413"));
}

TEST_CASE("A03 length and chunked framing together are refused") {
  Router router;
  router.add("POST", "/", echo());
  House house(std::move(router));
  const std::string both =
      "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  CHECK(house.raw(both).starts_with("HTTP/1.1 400"));
}

TEST_CASE("A01 a header that does not arrive in time closes the connection") {
  HttpServerOptions options;
  options.header_timeout = 30ms;
  House house(Router{}, options);
  CHECK(house.raw("GET / HTTP/1.1\r\n").empty());
}

TEST_CASE("a handler that throws gives 500 and the server goes on") {
  std::string reported;
  Router router;
  router.add("GET", "/", [](const HttpRequest&, const PathValues&) -> asio::awaitable<HttpResponse> {
    throw std::runtime_error("broken");
    co_return HttpResponse();
  });
  HttpServerOptions options;
  options.on_error = [&](const std::string& what) { reported = what; };
  House house(std::move(router), options);
  CHECK(house.get("/")->status == 500);
  CHECK(reported == "GET /: broken");
  CHECK(house.get("/")->status == 500);
}

}  // namespace davy::net
