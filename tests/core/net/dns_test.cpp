// The resolver against a name server of the test's own.

#include "core/net/dns.hpp"

#include "core/net/into.hpp"
#include "tests/support/run.hpp"

#include <array>
#include <boost/asio/ip/udp.hpp>
#include <doctest/doctest.h>

namespace davy::net {
namespace asio = boost::asio;
namespace {

using namespace std::literals;

// Answers A questions for any name with 192.0.2.1 and .2, AAAA with nothing, SRV with one record,
// "missing..." with NXDOMAIN, and "silent..." not at all.
class NameServer {
 public:
  explicit NameServer(asio::io_context& loop)
      : socket_(loop, asio::ip::udp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    asio::co_spawn(loop, serve(), [](std::exception_ptr) {});
  }
  std::string place() const { return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port()); }

 private:
  asio::awaitable<void> serve() {
    while (true) {
      std::array<char, 512> buffer{};
      asio::ip::udp::endpoint from;
      boost::system::error_code ec;
      const std::size_t size = co_await socket_.async_receive_from(asio::buffer(buffer), from, into(ec));
      if (ec) co_return;
      const std::string answer = reply(std::string(buffer.data(), size));
      if (!answer.empty()) co_await socket_.async_send_to(asio::buffer(answer), from, into(ec));
    }
  }

  static std::string reply(const std::string& question) {
    const std::string name = question.substr(13);
    if (name.starts_with("silent")) return {};
    const std::size_t end = question.find('\0', 12) + 5;
    const char type = question[end - 3];
    const auto header = [&](char code, char answers) {
      return question.substr(0, 2) + std::string("\x81", 1) + static_cast<char>(0x80 | code) +
             std::string("\0\1\0", 3) + answers + std::string(4, '\0') + question.substr(12, end - 12);
    };
    const auto record = [&](const std::string& data) {
      return std::string("\xc0\x0c\0", 3) + type + std::string("\0\1\0\0\0\x3c\0", 7) +
             static_cast<char>(data.size()) + data;
    };
    if (name.starts_with("missing")) return header(3, 0);
    if (type == 1) return header(0, 2) + record("\xc0\0\2\1"s) + record("\xc0\0\2\2"s);
    if (type == 33)
      return header(0, 1) + record(
                                "\0\1\0\2\x23\x82\x04"
                                "pod1\x04shop\0"s);
    return header(0, 0);
  }
  asio::ip::udp::socket socket_;
};

}  // namespace

TEST_CASE("names resolve to every address the server gives") {
  asio::io_context loop;
  NameServer server(loop);
  Resolver resolver(loop.get_executor(), DnsOptions{server.place()});
  const auto found = test::run(loop, resolver.addresses("checkout.shop.test", Deadline::after(2s)));
  REQUIRE(found.has_value());
  REQUIRE(found->size() == 2);
  CHECK(found->at(0).to_string().starts_with("192.0.2."));
}

TEST_CASE("services resolve with their ports") {
  asio::io_context loop;
  NameServer server(loop);
  Resolver resolver(loop.get_executor(), DnsOptions{server.place()});
  const auto found = test::run(loop, resolver.services("_metrics._tcp.shop.test", Deadline::after(2s)));
  REQUIRE(found.has_value());
  REQUIRE(found->size() == 1);
  CHECK(found->at(0).host == "pod1.shop");
  CHECK(found->at(0).port == 9090);
}

TEST_CASE("N01 a name that does not exist and a server that is silent are told apart") {
  asio::io_context loop;
  NameServer server(loop);
  Resolver resolver(loop.get_executor(), DnsOptions{server.place()});
  CHECK(test::run(loop, resolver.addresses("missing.test", Deadline::after(2s))).error().cause() ==
        "nxdomain");
  CHECK(test::run(loop, resolver.addresses("silent.test", Deadline::after(50ms))).error().cause() ==
        "timeout_resolve");
}

TEST_CASE("literal addresses and localhost need no name server") {
  asio::io_context loop;
  Resolver resolver(loop.get_executor(), DnsOptions{"127.0.0.1:1"});
  CHECK(test::run(loop, resolver.addresses("192.0.2.7", Deadline::after(1s)))->at(0).to_string() ==
        "192.0.2.7");
  CHECK(test::run(loop, resolver.addresses("::1", Deadline::after(1s)))->at(0).is_v6());
  CHECK(test::run(loop, resolver.addresses("localhost", Deadline::after(1s)))->at(0).is_loopback());
}

}  // namespace davy::net
