// The runtime API's client against a scripted socket; the real HAProxy has a lane of its own.

#include "config/section.hpp"
#include "core/net/into.hpp"
#include "rollback/haproxy/haproxy_actuator.hpp"
#include "tests/support/deploy_server.hpp"
#include "tests/support/run.hpp"
#include "tests/support/scratch.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

namespace davy::rollback {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

// One server, canary-1, with a weight and an administrative state.
class Haproxy {
 public:
  Haproxy()
      : path_((scratch_.path() / "sock").string()),
        acceptor_(loop, asio::local::stream_protocol::endpoint(path_)) {
    asio::co_spawn(loop, serve(), [](std::exception_ptr) {});
  }

  std::unique_ptr<Actuator> actuator(const std::string& more = "weight: 0") {
    const auto yaml = config::load_yaml(
        "socket: " + path_ + "\nbackend: app\nservers: [canary-1]\ntimeout: 200ms\n" + more + "\n", "o.yaml",
        config::empty_environment());
    return make_haproxy_actuator(*yaml.root, {loop.get_executor(), nullptr});
  }
  Result<ActionOutcome> apply(const std::string& more = "weight: 0") {
    const auto made = actuator(more);
    REQUIRE(made != nullptr);
    return test::run(loop, made->apply(test::DeployServer::action()));
  }

  asio::io_context loop;
  std::vector<std::string> commands;
  int weight = 10;
  int admin = 0;
  std::string refusal;   // answered to `set`
  bool ignores = false;  // takes `set` and does nothing
  bool hangs = false;

 private:
  std::string answer(const std::string& line) {
    commands.push_back(line);
    if (line == "get weight app/canary-1") return std::to_string(weight) + " (initial 10)\n";
    if (line == "show servers state app") {
      return "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state\n3 app 1 canary-1 "
             "127.0.0.1 2 " +
             std::to_string(admin) + " 10\n\n";
    }
    if (!line.starts_with("set server app/canary-1 ")) return "No such server.\n";
    if (!refusal.empty()) return refusal;
    if (ignores) return "\n";
    if (line.ends_with("weight 0")) weight = 0;
    if (line.ends_with("state drain")) admin = 8;
    return "\n";
  }

  asio::awaitable<void> serve() {
    while (true) {
      auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
      std::string line;
      boost::system::error_code ec;
      co_await asio::async_read_until(socket, asio::dynamic_buffer(line), '\n', net::into(ec));
      if (hangs) {
        kept_.push_back(std::move(socket));
        continue;
      }
      const std::string reply = answer(line.substr(0, line.find('\n')));
      co_await asio::async_write(socket, asio::buffer(reply), net::into(ec));
    }
  }

  test::Scratch scratch_;
  std::string path_;
  asio::local::stream_protocol::acceptor acceptor_;
  std::vector<asio::local::stream_protocol::socket> kept_;
};

}  // namespace

TEST_CASE("the canary's weight is set to zero and read back") {
  Haproxy haproxy;
  const auto outcome = haproxy.apply();
  REQUIRE(outcome.has_value());
  CHECK(outcome->answer == "app/canary-1 weight 0 (initial 10)");
  CHECK_FALSE(outcome->already_done);
  const auto actuator = haproxy.actuator();
  CHECK(test::run(haproxy.loop, actuator->observe(nullptr))->canary_serving == false);
}

TEST_CASE("what is in effect already is not asked for again") {
  Haproxy haproxy;
  haproxy.weight = 0;
  CHECK(haproxy.apply()->already_done);
  for (const std::string& line : haproxy.commands) CHECK_FALSE(line.starts_with("set"));
}

TEST_CASE("a server is drained where the policy asks for a state") {
  Haproxy haproxy;
  CHECK(haproxy.apply("state: drain")->answer == "app/canary-1 weight 10 (initial 10), drain");
}

TEST_CASE("a refusal says what HAProxy said and whether trying again helps") {
  Haproxy haproxy;
  haproxy.refusal = "Permission denied\n";
  CHECK(haproxy.apply().error().kind() == ErrorKind::denied);
  haproxy.refusal = "No such server.\n";
  const auto missing = haproxy.apply();
  CHECK(missing.error().kind() == ErrorKind::not_found);
  CHECK(missing.error().message().find("No such server.") != std::string::npos);
}

TEST_CASE("a command without effect is no success") {
  Haproxy haproxy;
  haproxy.ignores = true;
  CHECK(haproxy.apply().error().cause() == "read_back");
}

TEST_CASE("a HAProxy that hangs or is gone ends at the deadline") {
  Haproxy haproxy;
  haproxy.hangs = true;
  CHECK(haproxy.apply().error().cause() == "timeout_haproxy");
  boost::asio::io_context loop;
  const auto yaml = config::load_yaml("socket: /nonexistent.sock\nbackend: app\nservers: [a]\n", "o.yaml",
                                      config::empty_environment());
  const auto actuator = make_haproxy_actuator(*yaml.root, {loop.get_executor(), nullptr});
  CHECK(test::run(loop, actuator->apply(test::DeployServer::action())).error().kind() ==
        ErrorKind::unreachable);
}

TEST_CASE("a name cannot carry a second command") {
  Haproxy haproxy;
  const auto yaml =
      config::load_yaml("socket: /s\nbackend: app\nservers: ['a weight 0; shutdown sessions server app/b']\n",
                        "o.yaml", config::empty_environment());
  CHECK(make_haproxy_actuator(*yaml.root, {haproxy.loop.get_executor(), nullptr}) == nullptr);
}

}  // namespace davy::rollback
