// Shares of traffic against a scripted API server.

#include "rollback/traffic/traffic_actuator.hpp"
#include "tests/support/kube_server.hpp"

namespace davy::rollback {
namespace {

using Json = nlohmann::json;

const std::string route = "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/checkout";
const std::string service_v1 = "/apis/networking.istio.io/v1/namespaces/shop/virtualservices/checkout";
const std::string service_v1beta1 =
    "/apis/networking.istio.io/v1beta1/namespaces/shop/virtualservices/checkout";
const std::string ingress = "/apis/networking.k8s.io/v1/namespaces/shop/ingresses/checkout-canary";
const std::string decision = "/metadata/annotations/davy~1decision";
const std::string nginx_weight = "/metadata/annotations/nginx.ingress.kubernetes.io~1canary-weight";

const std::string to_none = "http_route: shop/checkout\ncanary: checkout-canary";
const std::string to_restore = to_none + "\nrestore: true";

// A server leaves an empty map out.
Json metadata(const std::string& name, const Json& annotations = Json::object()) {
  Json made{{"name", name}, {"namespace", "shop"}, {"uid", "u1"}};
  if (!annotations.empty()) made["annotations"] = annotations;
  return made;
}

Json backends(int stable, int canary) {
  return {{{"name", "checkout-stable"}, {"port", 80}, {"weight", stable}},
          {{"name", "checkout-canary"}, {"port", 80}, {"weight", canary}}};
}

class Cluster : public test::KubeServer {
 public:
  Cluster() {
    put(route,
        {{"metadata", metadata("checkout")}, {"spec", {{"rules", {{{"backendRefs", backends(90, 10)}}}}}}});
  }

  void put_virtual_service(const std::string& path) {
    const Json stable{{"destination", {{"host", "checkout"}, {"subset", "v1"}}}, {"weight", 75}};
    const Json canary{{"destination", {{"host", "checkout"}, {"subset", "v2"}}}, {"weight", 25}};
    put(path, {{"metadata", metadata("checkout")},
               {"spec", {{"http", {{{"name", "primary"}, {"route", {stable, canary}}}}}}}});
  }
  void put_ingress(Json annotations) {
    put(ingress, {{"metadata", metadata("checkout-canary", annotations)}});
  }
  void written_by(const std::string& path, const std::string& manager, const Json& fields) {
    change(path, "/metadata/managedFields",
           {{{"manager", manager}, {"time", "2026-01-01T00:00:00Z"}, {"fieldsV1", fields}}});
  }
  std::unique_ptr<Actuator> made(const std::string& options = to_none) {
    auto actuator = KubeServer::actuator(make_traffic_actuator, options);
    REQUIRE(actuator != nullptr);
    return actuator;
  }
  int weight(int backend) const {
    return at(route, "/spec/rules/0/backendRefs/" + std::to_string(backend) + "/weight").get<int>();
  }
};

std::string problems_of(const std::string& options) {
  const auto yaml = config::load_yaml(options, "o.yaml", config::empty_environment());
  boost::asio::io_context loop;
  CHECK(make_traffic_actuator(*yaml.root, {loop.get_executor(), nullptr, {}}) == nullptr);
  return yaml.problems->to_text();
}

}  // namespace

TEST_CASE("the canary of an HTTPRoute gets nothing any more and the stable version all of it") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  CHECK(cluster.ready);
  CHECK(cluster.warnings.empty());
  CHECK(cluster.patches().empty());
  CHECK(cluster.observe(*actuator, action)->canary_serving == true);
  const auto outcome = cluster.apply(*actuator, action);
  REQUIRE(outcome.has_value());
  CHECK(outcome->answer ==
        "http_route shop/checkout: checkout-stable 100, checkout-canary 0 (from checkout-stable 90, "
        "checkout-canary 10)");
  CHECK(cluster.weight(0) == 100);
  CHECK(cluster.weight(1) == 0);
  CHECK(cluster.at(route, "/spec/rules/0/backendRefs/0/port") == 80);
  CHECK(cluster.at(route, decision) == action.id);
  const auto state = cluster.observe(*actuator, action);
  CHECK(state->canary_serving == false);
  CHECK(state->applied_action == action.id);
  CHECK(state->undone_by.empty());
  CHECK(cluster.apply(*actuator, action)->already_done);
  CHECK(cluster.patches().size() == 1);
}

TEST_CASE("a patch tests the UID and every list of backends that it changes") {
  Cluster cluster;
  Json rules = Json::array();
  rules.push_back({{"backendRefs", backends(90, 10)}});
  rules.push_back({{"backendRefs", {{{"name", "static-files"}, {"port", 80}}}}});
  rules.push_back({{"backendRefs", {{{"name", "checkout-stable"}}, {{"name", "checkout-canary"}}}}});
  cluster.change(route, "/spec/rules", rules);
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  REQUIRE(cluster.apply(*actuator, action).has_value());
  const Json patch = Json::parse(cluster.patches()[0].body);
  std::vector<std::string> tests;
  for (const Json& operation : patch) {
    if (operation["op"] == "test") tests.push_back(operation["path"].get<std::string>());
  }
  CHECK(tests == std::vector<std::string>{"/metadata/uid", "/spec/rules/0/backendRefs",
                                          "/spec/rules/2/backendRefs", "/metadata/annotations"});
  CHECK(cluster.at(route, "/spec/rules/2/backendRefs/0/weight") == 2);  // both had the default of 1
  CHECK(cluster.at(route, "/spec/rules/2/backendRefs/1/weight") == 0);
  CHECK(cluster.at(route, "/spec/rules/1/backendRefs/0/weight").is_null());
}

TEST_CASE("weights that somebody else has changed are not fought over") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  cluster.change(route, "/spec/rules/0/backendRefs", backends(50, 50));
  cluster.written_by(route, "flagger", {{"f:spec", {{"f:rules", Json::object()}}}});
  const auto outcome = cluster.apply(*actuator, action);
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().kind() == ErrorKind::unsupported);
  CHECK(outcome.error().cause() == "foreign_change");
  CHECK(outcome.error().message() ==
        "http_route shop/checkout: its weights were changed to checkout-stable 50, checkout-canary 50 since "
        "the "
        "release began (last written by flagger); not forced");
  CHECK(cluster.patches().empty());
}

TEST_CASE("a change between the look and the patch is noticed by the patch") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  cluster.before_patch = [&] { cluster.change(route, "/spec/rules/0/backendRefs", backends(50, 50)); };
  const auto outcome = cluster.apply(*actuator, action);
  CHECK(outcome.error().cause() == "foreign_change");
  CHECK(cluster.weight(1) == 50);
}

TEST_CASE("annotations that somebody makes in between stay") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  cluster.before_patch = [&] { cluster.change(route, "/metadata/annotations", {{"owner", "payments"}}); };
  REQUIRE(cluster.apply(*actuator, action).has_value());
  CHECK(cluster.at(route, "/metadata/annotations/owner") == "payments");
  CHECK(cluster.at(route, decision) == action.id);
}

TEST_CASE("a canary ingress without a weight yet is given one") {
  Cluster cluster;
  cluster.put_ingress({{"nginx.ingress.kubernetes.io/canary", "true"}});
  const auto actuator = cluster.made("ingress: shop/checkout-canary\nweight: 20");
  Action action = cluster.armed(*actuator);
  action.purpose = Purpose::promote;
  REQUIRE(cluster.apply(*actuator, action).has_value());
  CHECK(cluster.at(ingress, nginx_weight) == "20");
}

TEST_CASE("somebody who has taken the traffic away already has done the work") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  cluster.change(route, "/spec/rules/0/backendRefs", backends(100, 0));
  CHECK(cluster.apply(*actuator, action)->already_done);
}

TEST_CASE("what an earlier action of the same release did is not somebody else's") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  const auto less = cluster.made(to_none + "\nweight: 5");
  REQUIRE(cluster.apply(*less, action).has_value());
  cluster.written_by(route, "davy", {{"f:spec", {{"f:rules", Json::object()}}}});
  CHECK(cluster.weight(1) == 5);
  Action next = action;
  next.id = "r1.rollback.2";
  REQUIRE(cluster.apply(*actuator, next).has_value());
  CHECK(cluster.weight(1) == 0);
}

TEST_CASE("weights that come back are seen with the name of who brought them") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  REQUIRE(cluster.apply(*actuator, action).has_value());
  cluster.change(route, "/spec/rules/0/backendRefs", backends(90, 10));
  cluster.written_by(route, "argocd-controller", {{"f:spec", {{"f:rules", Json::object()}}}});
  const auto state = cluster.observe(*actuator, action);
  CHECK(state->canary_serving == true);
  CHECK(state->undone_by == "argocd-controller");
  REQUIRE(cluster.apply(*actuator, action)
              .has_value());  // once more, since these are the weights of the beginning
  CHECK(cluster.weight(1) == 0);
}

TEST_CASE("the weights of when the release began are put back") {
  Cluster cluster;
  const auto actuator = cluster.made();
  Action action = cluster.armed(*actuator);
  cluster.change(route, "/spec/rules/0/backendRefs", backends(50, 50));
  const auto restore = cluster.made(to_restore);
  action.purpose = Purpose::promote;
  REQUIRE(cluster.apply(*restore, action).has_value());
  CHECK(cluster.weight(0) == 90);
  CHECK(cluster.weight(1) == 10);
  CHECK(cluster.apply(*restore, action)->already_done);
  cluster.change(route, "/spec/rules/0/backendRefs",
                 {{{"name", "checkout-stable"}}, {{"name", "checkout-canary"}}, {{"name", "another"}}});
  CHECK(cluster.apply(*restore, action).error().cause() == "foreign_change");
}

TEST_CASE("without arming nothing is taken away and nothing put back but a share may be given") {
  Cluster cluster;
  const auto actuator = cluster.made();
  CHECK(cluster.apply(*actuator, test::KubeServer::action()).error().cause() == "not_armed");
  const auto restore = cluster.made(to_restore);
  CHECK(cluster.apply(*restore, test::KubeServer::action()).error().cause() == "not_armed");
  const auto all = cluster.made(to_none + "\nweight: 100");
  Action passed = test::KubeServer::action();
  passed.purpose = Purpose::promote;
  REQUIRE(cluster.apply(*all, passed).has_value());
  CHECK(cluster.weight(1) == 100);
}

TEST_CASE("a route that was made anew is somebody else's") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  cluster.change(route, "/metadata/uid", "u2");
  CHECK(cluster.apply(*actuator, action).error().cause() == "foreign_change");
  cluster.objects.erase(route);
  CHECK(cluster.apply(*actuator, action).error().cause() == "gone");
}

TEST_CASE("a canary that a route does not have is said at arming with those it has") {
  Cluster cluster;
  const auto actuator = cluster.made("http_route: checkout\ncanary: checkout-next");
  cluster.armed(*actuator);
  CHECK_FALSE(cluster.ready);
  REQUIRE(cluster.warnings.size() == 1);
  CHECK(cluster.warnings[0] ==
        "http_route shop/checkout sends nothing to checkout-next; it has checkout-stable 90, "
        "checkout-canary 10");
}

TEST_CASE("a cluster without the Gateway API is said so at arming") {
  Cluster cluster;
  cluster.unknown_places.insert("/apis/gateway.networking.k8s.io/");
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  CHECK_FALSE(cluster.ready);
  CHECK(cluster.warnings.at(0) ==
        "the cluster does not know httproutes.gateway.networking.k8s.io: install it there, or "
        "act on something else");
  CHECK_FALSE(cluster.apply(*actuator, action).has_value());
}

TEST_CASE("a missing permission and an owner in Git are said at arming of a route") {
  Cluster cluster;
  cluster.forbidden.insert("httproutes");
  cluster.change(route, "/metadata/labels", {{"kustomize.toolkit.fluxcd.io/name", "apps"}});
  const auto actuator = cluster.made();
  cluster.armed(*actuator);
  CHECK_FALSE(cluster.ready);
  CHECK(cluster.warnings.size() == 2);
}

TEST_CASE("an Istio subset is found in whichever version the cluster has") {
  for (const std::string& path : {service_v1, service_v1beta1}) {
    CAPTURE(path);
    Cluster cluster;
    if (path == service_v1beta1) cluster.unknown_places.insert("/apis/networking.istio.io/v1/");
    cluster.put_virtual_service(path);
    const auto actuator = cluster.made("virtual_service: shop/checkout\nsubset: v2");
    const Action action = cluster.armed(*actuator);
    REQUIRE(cluster.apply(*actuator, action).has_value());
    CHECK(cluster.at(path, "/spec/http/0/route/0/weight") == 100);
    CHECK(cluster.at(path, "/spec/http/0/route/1/weight") == 0);
    CHECK(cluster.at(path, "/spec/http/0/name") == "primary");
    CHECK(cluster.observe(*actuator, action)->canary_serving == false);
  }
}

TEST_CASE("an Istio host may be written short") {
  Cluster cluster;
  const Json stable{{"destination", {{"host", "checkout.shop.svc.cluster.local"}}}, {"weight", 80}};
  const Json canary{{"destination", {{"host", "checkout-canary.shop.svc.cluster.local"}}}, {"weight", 20}};
  cluster.put(service_v1,
              {{"metadata", metadata("checkout")}, {"spec", {{"http", {{{"route", {stable, canary}}}}}}}});
  const auto actuator = cluster.made("virtual_service: shop/checkout\ncanary: checkout-canary");
  const Action action = cluster.armed(*actuator);
  REQUIRE(cluster.apply(*actuator, action).has_value());
  CHECK(cluster.at(service_v1, "/spec/http/0/route/1/weight") == 0);
}

TEST_CASE("a canary ingress loses its weight") {
  Cluster cluster;
  cluster.put_ingress({{"nginx.ingress.kubernetes.io/canary", "true"},
                       {"nginx.ingress.kubernetes.io/canary-weight", "30"},
                       {"nginx.ingress.kubernetes.io/canary-by-header", "x-canary"}});
  const auto actuator = cluster.made("ingress: shop/checkout-canary");
  const Action action = cluster.armed(*actuator);
  CHECK(cluster.ready);
  REQUIRE(cluster.warnings.size() == 1);
  CHECK(cluster.warnings[0] ==
        "ingress shop/checkout-canary sends requests to the canary by "
        "nginx.ingress.kubernetes.io/canary-by-header, whatever its weight is");
  REQUIRE(cluster.apply(*actuator, action).has_value());
  CHECK(cluster.at(ingress, nginx_weight) == "0");
  CHECK(cluster.observe(*actuator, action)->canary_serving == false);
  cluster.change(ingress, nginx_weight, "30");
  CHECK(cluster.observe(*actuator, action)->canary_serving == true);
  CHECK(cluster.observe(*actuator, action)->undone_by == "somebody");
  cluster.objects.erase(ingress);
  CHECK(cluster.observe(*actuator, action)->canary_serving == false);
  CHECK(cluster.apply(*actuator, action)->already_done);
}

TEST_CASE("an ingress that is no canary is left alone") {
  Cluster cluster;
  cluster.put_ingress({{"nginx.ingress.kubernetes.io/canary-weight", "30"}});
  const auto actuator = cluster.made("ingress: shop/checkout-canary");
  const Action action = cluster.armed(*actuator);
  CHECK_FALSE(cluster.ready);
  CHECK(cluster.apply(*actuator, action).error().cause() == "not_canary");
}

TEST_CASE("options of traffic that make no sense are refused") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"weight: 0", "traffic needs exactly one of http_route, virtual_service and ingress"},
      {"http_route: a\ningress: b\ncanary: c", "traffic needs exactly one of"},
      {"http_route: shop/", "'shop/' is no http_route; write namespace/name"},
      {"http_route: checkout", "http_route needs canary: the backend's name"},
      {"http_route: checkout\ncanary: c\nsubset: v2", "only a virtual_service has subsets"},
      {"http_route: checkout\ncanary: c\nstable: c", "the canary cannot be its own stable version"},
      {"virtual_service: checkout",
       "virtual_service needs canary: the destination's host, or subset:, or both"},
      {"ingress: checkout\ncanary: c", "an ingress is the canary's own"},
      {"ingress: checkout\nweight: 101", "weight"},
      {"ingress: checkout\nweight: 5%", "weight"},
      {"ingress: checkout\nweight: 0\nrestore: true", "restore: true puts back the weights that were there"},
      {"ingress: checkout\nwieght: 0", "did you mean 'weight'?"},
  };
  for (const auto& [options, message] : cases) {
    CAPTURE(options);
    CHECK(problems_of(options).find(message) != std::string::npos);
  }
}

}  // namespace davy::rollback
