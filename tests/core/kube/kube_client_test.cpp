// One attempt at the API: what each answer means to whoever asked.

#include "core/kube/kube_client.hpp"

#include "core/kube/fields.hpp"
#include "tests/support/fake_kube.hpp"
#include "tests/support/scratch.hpp"

namespace davy::kube {
namespace {

using namespace std::chrono_literals;
using test::FakeKube;
using test::KubeCall;
using test::listed;
using test::refused;
using test::said;

constexpr const char* checkout = "/apis/apps/v1/namespaces/shop/deployments/checkout";

Error error_of(FakeKube& api, boost::asio::awaitable<Result<json::value>> call) {
  const auto answer = test::run(api.loop, std::move(call));
  REQUIRE(!answer.has_value());
  return answer.error();
}

Error get_error(FakeKube& api) { return error_of(api, api.client()->get(checkout, FakeKube::soon())); }

Error patch_error(FakeKube& api) {
  return error_of(api, api.client()->patch(checkout, PatchKind::json, json::array(), FakeKube::soon()));
}

}  // namespace

TEST_CASE("a list is read page by page to its end") {
  FakeKube api;
  api.on("GET", "/pods", [](const KubeCall& call) {
    return call.target.find("continue=a%2Fb") == std::string::npos ? listed(R"({"n":1},{"n":2})", "7", "a/b")
                                                                   : listed(R"({"n":3})", "7");
  });
  const auto list = test::run(
      api.loop, api.client()->list("/api/v1/namespaces/shop/pods", "labelSelector=a", FakeKube::soon()));
  REQUIRE(list.has_value());
  CHECK(list->items.size() == 3);
  CHECK(list->resource_version == "7");
  REQUIRE(api.calls.size() == 2);
  CHECK(api.calls[1].target == "/api/v1/namespaces/shop/pods?limit=500&labelSelector=a&continue=a%2Fb");
}

TEST_CASE("K12 a list whose continue token has expired fails as expired and is begun anew by its caller") {
  FakeKube api;
  api.on("GET", "/pods", [](const KubeCall& call) {
    return call.target.find("continue=") == std::string::npos ? listed(R"({"n":1})", "7", "next")
                                                              : refused(410, "Expired", "too old");
  });
  const auto list = test::run(api.loop, api.client()->list("/pods", "", FakeKube::soon()));
  REQUIRE(!list.has_value());
  CHECK(list.error().cause() == "expired");
  CHECK(list.error().retryable());
}

TEST_CASE("K08 a token that was rotated is read again and the call tried once more") {
  FakeKube api;
  const test::Scratch scratch;
  api.access.http.credentials_file = scratch.write("token", "old\n");
  api.on("PATCH", checkout, [&](const KubeCall& call) {
    if (call.says("Authorization: Bearer new")) return said("{}");
    scratch.write("token", "new\n");
    return refused(401, "Unauthorized", "Unauthorized");
  });
  const auto answer =
      test::run(api.loop, api.client()->patch(checkout, PatchKind::json, json::array(), FakeKube::soon()));
  CHECK(answer.has_value());
  REQUIRE(api.calls.size() == 2);
  CHECK(api.calls[0].says("Authorization: Bearer old"));
  CHECK(api.calls[1].says("Authorization: Bearer new"));
}

TEST_CASE("K09 a token that stays refused is tried twice and then a matter of credentials") {
  FakeKube api;
  api.on("PATCH", checkout, refused(401, "Unauthorized", "Unauthorized"));
  const Error error = patch_error(api);
  CHECK(error.kind() == ErrorKind::denied);
  CHECK(error.cause() == "unauthorized");
  CHECK_FALSE(error.retryable());
  CHECK(error.message().find("token") != std::string::npos);
  CHECK(api.calls.size() == 2);
}

TEST_CASE("K08 K09 a watch is asked for once more after a 401 and no more") {
  FakeKube api;
  api.on("GET", "/pods", refused(401, "Unauthorized", "Unauthorized"));
  const auto stream = test::run(api.loop, api.client()->watch("/pods", "", "7", 5s, FakeKube::soon()));
  REQUIRE(!stream.has_value());
  CHECK(stream.error().cause() == "unauthorized");
  CHECK(api.calls.size() == 2);
}

TEST_CASE("K10 a 403 keeps the verb and the resource that the server names") {
  FakeKube api;
  const std::string message =
      R"(deployments.apps "checkout" is forbidden: User "davy" cannot patch resource "deployments" in API )"
      R"(group "apps" in the namespace "shop")";
  api.on("PATCH", checkout, refused(403, "Forbidden", message));
  const Error error = patch_error(api);
  CHECK(error.kind() == ErrorKind::denied);
  CHECK(error.cause() == "forbidden");
  CHECK(error.message().find(R"(cannot patch resource "deployments")") != std::string::npos);
  CHECK(error.message().find("grant it to Davy's service account") != std::string::npos);
  CHECK(api.calls.size() == 1);
}

TEST_CASE("K04 K05 K07 K11 K12 each status means what its caller can do about it") {
  struct Case {
    int status;
    const char* reason;
    ErrorKind kind;
    const char* cause;
    bool retryable;
  };
  const std::vector<Case> cases{
      {400, "BadRequest", ErrorKind::invalid, "http_400", false},
      {404, "NotFound", ErrorKind::not_found, "not_found", false},
      {409, "Conflict", ErrorKind::conflict, "conflict", false},
      {409, "AlreadyExists", ErrorKind::conflict, "already_exists", false},
      {410, "Expired", ErrorKind::unavailable, "expired", true},
      {422, "Invalid", ErrorKind::conflict, "rejected", false},
      {429, "TooManyRequests", ErrorKind::unavailable, "throttled", true},
      {500, "InternalError", ErrorKind::unavailable, "unavailable", true},
      {503, "ServiceUnavailable", ErrorKind::unavailable, "unavailable", true},
      {504, "Timeout", ErrorKind::unavailable, "unavailable", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.status);
    FakeKube api;
    api.on("GET", checkout, refused(c.status, c.reason, "the server's own words"));
    const Error error = get_error(api);
    CHECK(error.kind() == c.kind);
    CHECK(error.cause() == c.cause);
    CHECK(error.retryable() == c.retryable);
    CHECK(error.message().starts_with(std::string("GET ") + checkout + ": " + std::to_string(c.status)));
    CHECK(error.message().find("the server's own words") != std::string::npos);
    CHECK(api.calls.size() == 1);
  }
}

TEST_CASE("K06 a throttled call carries how long the server wants to be left alone") {
  for (const auto& [header, wait] :
       {std::pair<std::string, std::optional<Duration>>{"Retry-After: 1\r\n", 1s},
        {"Retry-After: 30\r\n", 30s},
        {"", std::nullopt},
        {"Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n", std::nullopt}}) {
    CAPTURE(header);
    FakeKube api;
    api.on("PATCH", checkout, refused(429, "TooManyRequests", "slow down", header));
    const Error error = patch_error(api);
    CHECK(error.cause() == "throttled");
    CHECK(error.retry_after() == wait);
  }
}

TEST_CASE("K14 what is no JSON object of a sane depth is malformed and worth another try") {
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += R"({"a":)";
  for (const std::string& body :
       {std::string("<html>login</html>"), std::string("[]"), std::string(R"({"a":)"), std::string(), deep}) {
    CAPTURE(body.substr(0, 20));
    FakeKube api;
    api.on("GET", checkout, said(body));
    const Error error = get_error(api);
    CHECK(error.kind() == ErrorKind::malformed);
    CHECK(error.retryable());
    CHECK(error.message().size() < 400);
  }
}

TEST_CASE("K14 an answer of 50 MB is refused by its length without being read") {
  FakeKube api;
  test::Script script{
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 52428800\r\n\r\n{",
      test::Then::hang};
  api.on("GET", checkout, script);
  const Error error = get_error(api);
  CHECK(error.kind() == ErrorKind::over_limit);
  CHECK(error.cause() == "body_size_limit");
  CHECK(error.message().find("check that " + api.access.server + " is a Kubernetes API server") !=
        std::string::npos);
}

TEST_CASE("K15 an admission webhook's reason is passed on with nothing that could leave its line") {
  FakeKube api;
  api.on("PATCH", checkout,
         refused(400, "BadRequest",
                 "admission webhook \"policy\" denied the request: no \x1b[31mchanges\non Friday"));
  const Error error = patch_error(api);
  CHECK(error.kind() == ErrorKind::invalid);
  CHECK(error.cause() == "admission_denied");
  CHECK(error.message().find(R"(denied the request: no \x1b[31mchanges\non Friday)") != std::string::npos);
}

TEST_CASE("K15 an admission policy is no conflict although it answers like one") {
  FakeKube api;
  api.on(
      "PATCH", checkout,
      refused(
          422, "Invalid",
          "deployments.apps \"checkout\" is forbidden: ValidatingAdmissionPolicy 'calm' with binding 'calm' "
          "denied request: no changes on Friday"));
  const Error error = patch_error(api);
  CHECK(error.kind() == ErrorKind::invalid);
  CHECK(error.cause() == "admission_denied");
}

TEST_CASE("K01 K03 a connection that breaks at any point of a patch is sent once and worth another try") {
  for (const test::Script& script : {test::Script{"", test::Then::close}, test::Script{"", test::Then::reset},
                                     test::Script{"HTTP/1.1 200 OK\r\nContent-Le", test::Then::reset}}) {
    FakeKube api;
    api.on("PATCH", checkout, script);
    const Error error = patch_error(api);
    CHECK(error.retryable());
    CHECK(error.message().find("PATCH") == 0);
    CHECK(api.calls.size() == 1);
  }
  FakeKube nobody;
  nobody.access.server = "http://127.0.0.1:1";
  CHECK(get_error(nobody).kind() == ErrorKind::unreachable);
}

TEST_CASE("K28 a server that takes its time is left at the deadline") {
  FakeKube api;
  api.on("GET", checkout, test::Script{"", test::Then::hang});
  const auto began = std::chrono::steady_clock::now();
  const Error error = error_of(api, api.client()->get(checkout, net::Deadline::after(100ms)));
  CHECK(error.kind() == ErrorKind::timed_out);
  CHECK(std::chrono::steady_clock::now() - began < 2s);
}

TEST_CASE("a patch says of which kind it is and who makes it and whether it is a rehearsal") {
  FakeKube api;
  api.on("PATCH", checkout, said("{}"));
  const json::array operations{json::object{{"op", "test"}, {"path", "/metadata/uid"}, {"value", "u1"}}};
  CHECK(
      test::run(api.loop, api.client()->patch(checkout, PatchKind::json, operations, FakeKube::soon(), true))
          .has_value());
  CHECK(test::run(api.loop,
                  api.client()->patch(checkout, PatchKind::merge, json::object{{"a", 1}}, FakeKube::soon()))
            .has_value());
  REQUIRE(api.calls.size() == 2);
  CHECK(api.calls[0].says("Content-Type: application/json-patch+json"));
  CHECK(api.calls[0].target.ends_with("?fieldManager=davy&dryRun=All"));
  CHECK(api.calls[0].json() == json::value(operations));
  CHECK(api.calls[1].says("Content-Type: application/merge-patch+json"));
  CHECK(api.calls[1].target.ends_with("?fieldManager=davy"));
}

TEST_CASE("a review of our own rights asks in the words of a role") {
  for (const bool is_allowed : {true, false}) {
    FakeKube api;
    api.on("POST", "/selfsubjectaccessreviews",
           said(is_allowed ? R"({"status":{"allowed":true}})" : R"({"status":{"allowed":false}})",
                "201 Created"));
    const Permission permission{"patch", "apps", "deployments", "", "shop", "checkout"};
    const auto answer = test::run(api.loop, api.client()->allowed(permission, FakeKube::soon()));
    REQUIRE(answer.has_value());
    CHECK(*answer == is_allowed);
    const json::value asked = api.calls.at(0).json();
    CHECK(text_at(asked.get_object(), {"kind"}) == "SelfSubjectAccessReview");
    const json::object& attributes = object_at(asked.get_object(), {"spec", "resourceAttributes"});
    CHECK(attributes == json::object{{"verb", "patch"},
                                     {"group", "apps"},
                                     {"resource", "deployments"},
                                     {"subresource", ""},
                                     {"namespace", "shop"},
                                     {"name", "checkout"}});
    CHECK(permission.to_text() == "patch deployments.apps checkout in shop");
  }
}

TEST_CASE("a watch asks from a version on with bookmarks for whole seconds") {
  FakeKube api;
  api.on("GET", "/pods", test::events({}));
  CHECK(test::run(api.loop,
                  api.client()->watch("/pods", "labelSelector=a%3Db", "1 2", 1500ms, FakeKube::soon()))
            .has_value());
  CHECK(api.calls.at(0).target ==
        "/pods?watch=1&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion=1%202&labelSelector=a%3Db");
}

}  // namespace davy::kube
