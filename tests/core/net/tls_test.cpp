// Whom the client trusts, and that it never talks to anybody else.

#include "core/net/http_client.hpp"
#include "tests/support/run.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/tls_peer.hpp"

#include <doctest/doctest.h>

namespace davy::net {
namespace {

using namespace std::chrono_literals;
using test::make_certificate;

constexpr const char* whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
constexpr const char* until_close = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok";

struct Visit {
  Result<HttpResponse> get(const test::Certificate& shown, const HttpAccess& access,
                           const char* answer = whole, bool rude = false) {
    test::TlsPeer peer(loop, shown, answer, rude);
    HttpClientOptions options;
    options.access = access;
    HttpClient client(loop.get_executor(), std::make_shared<Resolver>(loop.get_executor()),
                      std::move(options));
    HttpRequest request("GET", peer.url());
    return test::run(loop, client.send(std::move(request), Deadline::after(3s)));
  }
  HttpAccess trusting(const test::Certificate& authority) {
    HttpAccess access;
    access.tls.ca_file = scratch.write("ca.pem", authority.certificate);
    return access;
  }

  boost::asio::io_context loop;
  test::Scratch scratch;
};

}  // namespace

TEST_CASE("a certificate of the named authority for the right address is trusted") {
  Visit visit;
  const auto mine = make_certificate("IP:127.0.0.1");
  CHECK(visit.get(mine, visit.trusting(mine))->body == "ok");
}

TEST_CASE("a server name other than the host is checked when the policy says so") {
  Visit visit;
  const auto mine = make_certificate("DNS:checkout.internal");
  HttpAccess access = visit.trusting(mine);
  CHECK(visit.get(mine, access).error().cause() == "tls_wrong_host");
  access.tls.server_name = "checkout.internal";
  CHECK(visit.get(mine, access)->body == "ok");
}

TEST_CASE("N07 a certificate that cannot be trusted has its own cause") {
  Visit visit;
  const auto mine = make_certificate("IP:127.0.0.1");
  CHECK(visit.get(make_certificate("IP:127.0.0.1"), visit.trusting(mine)).error().cause() ==
        "tls_unknown_ca");
  CHECK(visit.get(mine, HttpAccess()).error().cause() == "tls_unknown_ca");
  const auto expired = make_certificate("IP:127.0.0.1", -7200, -3600);
  CHECK(visit.get(expired, visit.trusting(expired)).error().cause() == "tls_expired");
  const auto early = make_certificate("IP:127.0.0.1", 3600, 7200);
  CHECK(visit.get(early, visit.trusting(early)).error().cause() == "tls_not_yet_valid");
  const auto other = make_certificate("IP:192.0.2.1");
  CHECK(visit.get(other, visit.trusting(other)).error().cause() == "tls_wrong_host");
}

TEST_CASE("verification is off only where the policy says so") {
  Visit visit;
  HttpAccess access;
  access.tls.insecure_skip_verify = true;
  CHECK(visit.get(make_certificate("DNS:anything"), access)->body == "ok");
}

TEST_CASE("N09 an answer whose end TLS did not confirm is cut short") {
  Visit visit;
  const auto mine = make_certificate("IP:127.0.0.1");
  CHECK(visit.get(mine, visit.trusting(mine), until_close, true).error().cause() == "short_body");
  CHECK(visit.get(mine, visit.trusting(mine), until_close, false)->body == "ok");
}

TEST_CASE("files that cannot be used are named") {
  Visit visit;
  const auto mine = make_certificate("IP:127.0.0.1");
  HttpAccess access;
  access.tls.ca_file = "/nonexistent/ca.pem";
  const auto missing = visit.get(mine, access);
  CHECK(missing.error().cause() == "tls_files");
  CHECK(missing.error().message().find("/nonexistent/ca.pem as tls_config.ca_file") != std::string::npos);
}

TEST_CASE("K30 an authority that was replaced counts from the next connection on") {
  Visit visit;
  const auto old_one = make_certificate("IP:127.0.0.1");
  const auto new_one = make_certificate("IP:127.0.0.1");
  TlsAccess access;
  access.ca_file = visit.scratch.write("ca.pem", old_one.certificate);
  TlsClientContext context(access);
  const auto before = context.current().value();
  CHECK(context.current().value() == before);
  visit.scratch.write("ca.pem", new_one.certificate);
  std::filesystem::last_write_time(access.ca_file, std::filesystem::file_time_type::clock::now() + 2s);
  CHECK(context.current().value() != before);
}

}  // namespace davy::net
