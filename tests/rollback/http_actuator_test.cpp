// The http action against a deploy API of the test's own.

#include "rollback/attempts.hpp"
#include "rollback/http/signature.hpp"
#include "tests/support/deploy_server.hpp"
#include "tests/support/scratch.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/json.hpp>

namespace davy::rollback {
namespace {

using namespace std::chrono_literals;
using net::HttpResponse;
using test::DeployServer;

std::string header(const net::HttpRequest& request, const char* name) {
  return std::string(request.headers.get(name).value_or(""));
}

}  // namespace

TEST_CASE("a rollback is one request with the action's id as idempotency key") {
  DeployServer deploys;
  const auto actuator = deploys.actuator("url: URL/rollback\nheaders: {X-Team: payments}\n");
  const auto outcome = deploys.apply(*actuator, DeployServer::action());
  REQUIRE(outcome.has_value());
  CHECK(outcome->answer == "200 OK: {}");
  REQUIRE(deploys.asked.size() == 1);
  CHECK(header(deploys.asked[0], "Idempotency-Key") == "r1.rollback.1");
  CHECK(header(deploys.asked[0], "X-Team") == "payments");
  const auto body = boost::json::parse(deploys.asked[0].body).as_object();
  CHECK(body.at("service").as_string() == "checkout");
  CHECK(body.at("revision").as_string() == "4f2c");
}

TEST_CASE("whoever controls a value cannot write anything but a string's content") {
  DeployServer deploys;
  const auto actuator =
      deploys.actuator("url: URL/rollback\nbody: '{\"why\": \"{{reason}}\", \"safe\": true}'\n");
  const std::string hostile = "x\", \"safe\": false, \"y\": \"\n{{service}}\\";
  REQUIRE(deploys.apply(*actuator, DeployServer::action(hostile)).has_value());
  const auto body = boost::json::parse(deploys.asked[0].body).as_object();
  CHECK(body.size() == 2);
  CHECK(body.at("why").as_string() == hostile);
  CHECK(body.at("safe").as_bool());
}

TEST_CASE("a signature covers the timestamp and the body and its secret is read anew") {
  // RFC 4231, test case 2.
  CHECK(hmac_sha256_hex("Jefe", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  test::Scratch scratch;
  DeployServer deploys;
  const std::string file = scratch.write("secret", "one\n");
  const auto actuator = deploys.actuator("url: URL/rollback\nsignature: {secret_file: " + file + "}\n");
  for (const char* secret : {"one", "two"}) {
    scratch.write("secret", secret);
    REQUIRE(deploys.apply(*actuator, DeployServer::action()).has_value());
    const auto& request = deploys.asked.back();
    CHECK(header(request, "X-Davy-Signature") ==
          "sha256=" + sign_body(secret, header(request, "X-Davy-Timestamp"), request.body));
  }
  std::filesystem::remove(file);
  CHECK(deploys.apply(*actuator, DeployServer::action()).error().cause() == "credentials");
}

TEST_CASE("K27 only what the policy declares is success") {
  DeployServer deploys;
  const auto actuator =
      deploys.actuator("url: URL/rollback\nsuccess: {status: [200, 202], pointer: /phase, equals: done}\n");
  const auto try_with = [&](int status, const std::string& body) {
    deploys.respond = [=](int) { return HttpResponse(status, body, "application/json"); };
    return deploys.apply(*actuator, DeployServer::action());
  };
  CHECK(try_with(202, R"({"phase":"done"})").has_value());
  const auto wrong_body = try_with(200, R"({"phase":"queued"})");
  CHECK(wrong_body.error().cause() == "success_predicate");
  CHECK(wrong_body.error().retryable());
  CHECK(try_with(200, "<html>").error().cause() == "success_predicate");
  CHECK(try_with(201, R"({"phase":"done"})").error().cause() == "http_201");
  CHECK(try_with(500, "").error().retryable());
  CHECK_FALSE(try_with(400, "").error().retryable());
  CHECK(try_with(401, "").error().kind() == ErrorKind::denied);
  CHECK(try_with(412, "").error().kind() == ErrorKind::conflict);
}

TEST_CASE("K27 a redirect is not followed and a silent peer ends at the timeout") {
  DeployServer deploys;
  deploys.respond = [](int) {
    HttpResponse response(302);
    response.headers.set("Location", "http://127.0.0.1:1/elsewhere");
    return response;
  };
  CHECK(deploys.apply(*deploys.actuator("url: URL/rollback\n"), DeployServer::action()).error().cause() ==
        "redirect");
  boost::asio::ip::tcp::acceptor silent(deploys.loop, {boost::asio::ip::address_v4::loopback(), 0});
  const auto actuator = deploys.actuator(
      "url: http://127.0.0.1:" + std::to_string(silent.local_endpoint().port()) + "/x\ntimeout: 50ms\n");
  CHECK(deploys.apply(*actuator, DeployServer::action()).error().cause() == "timeout_headers");
}

TEST_CASE("K26 the state is read back where the policy says how") {
  DeployServer deploys;
  const auto actuator =
      deploys.actuator("url: URL/rollback\nverify: {url: URL/state, pointer: /canary/weight, equals: '0'}\n");
  const auto serving = [&](const std::string& body) {
    deploys.respond = [=](int) { return HttpResponse(200, body, "application/json"); };
    return test::run(deploys.loop, actuator->observe(nullptr));
  };
  CHECK(serving(R"({"canary":{"weight":10}})")->canary_serving == true);
  CHECK(serving(R"({"canary":{"weight":0}})")->canary_serving == false);
  CHECK(serving(R"({"canary":{}})").has_error());
}

TEST_CASE("attempts repeat the same id until the deploy system says yes") {
  DeployServer deploys;
  deploys.respond = [](int nth) { return HttpResponse(nth < 2 ? 503 : 200, ""); };
  const auto actuator = deploys.actuator("url: URL/rollback\n");
  int retries = 0;
  const auto count = [&](const Error&, Duration) { ++retries; };
  const auto result = test::run(deploys.loop, attempt_until_deadline(deploys.loop.get_executor(), *actuator,
                                                                     DeployServer::action(), count));
  CHECK(result.record.accepted);
  CHECK(result.record.attempts == 2);
  CHECK(retries == 1);
  CHECK(header(deploys.asked[0], "Idempotency-Key") == header(deploys.asked[1], "Idempotency-Key"));
}

TEST_CASE("attempts stop at once where trying again cannot help or would come too late") {
  DeployServer deploys;
  const auto actuator = deploys.actuator("url: URL/rollback\n");
  const auto attempts = [&](HttpResponse response) {
    deploys.asked.clear();
    deploys.respond = [=](int) { return response; };
    return test::run(deploys.loop, attempt_until_deadline(deploys.loop.get_executor(), *actuator,
                                                          DeployServer::action(), {}));
  };
  CHECK(attempts(HttpResponse(403)).record.attempts == 1);
  CHECK(attempts(HttpResponse(412)).superseded);
  HttpResponse later(503);
  later.headers.set("Retry-After", "30");  // the action's deadline is sooner
  const auto result = attempts(later);
  CHECK(result.record.attempts == 1);
  CHECK(result.failure->retry_after() == std::chrono::seconds(30));
  CHECK(result.record.answer.find("503 Service Unavailable") != std::string::npos);
  CHECK(result.record.answer.find("; given up after 1 attempt in ") != std::string::npos);
  CHECK(result.record.answer.ends_with(" s, since it asks to be left alone for 30 s"));
}

TEST_CASE("K01 K06 the last attempt is made while there is time for its answer and none is left unused") {
  DeployServer deploys;
  deploys.respond = [](int) { return HttpResponse(503); };
  const auto actuator = deploys.actuator("url: URL/rollback\n");
  Action action = DeployServer::action();
  const auto began = std::chrono::steady_clock::now();
  action.deadline = began + std::chrono::milliseconds(3600);
  // Pauses of up to 0.5 s, 1 s and 2 s: the third would end too late for another attempt, or nearly.
  const auto result =
      test::run(deploys.loop, attempt_until_deadline(deploys.loop.get_executor(), *actuator, action, {}));
  CHECK_FALSE(result.record.accepted);
  const Duration took = std::chrono::steady_clock::now() - began;
  CHECK(took < std::chrono::milliseconds(3600));
  CHECK(took > std::chrono::milliseconds(1500));
  CHECK(result.record.answer.find(" attempts in ") != std::string::npos);
}

TEST_CASE("options that cannot work are refused when the policy is read") {
  DeployServer deploys;
  const auto refuse = [&](const std::string& options, const std::string& words) {
    CAPTURE(options);
    CHECK(deploys.actuator(options) == nullptr);
    CAPTURE(deploys.problems());
    CHECK(deploys.problems().find(words) != std::string::npos);
  };
  refuse("url: URL/x\nbody: '{\"a\": \"{{typo}}\"}'\n", "{{typo}} is not known; there are");
  refuse("url: URL/x\nbody: '{\"a\": {{service}}}'\n", "not JSON");
  refuse("url: URL/x\nsuccess: {pointer: /a}\n", "pointer and equals belong together");
  refuse("url: URL/x\nverify: {url: URL/y}\n", "verify needs pointer and equals");
  refuse("url: URL/x\nsignature: {}\n", "a signature needs one secret");
  refuse("url: URL/x\nmetod: PUT\n", "did you mean 'method'?");
  refuse("method: GET\nurl: URL/x\n", "POST, PUT, PATCH, DELETE");
}

}  // namespace davy::rollback
