#pragma once

// An API server as far as one object at a time needs it, on loopback: GET, lists, JSON patches with their
// tests, merge patches with their resourceVersion, dry runs, access reviews. Keeps what it was asked.

#include "config/section.hpp"
#include "core/kube/kube_client.hpp"
#include "core/net/dns.hpp"
#include "core/net/http_server.hpp"
#include "rollback/actuator.hpp"
#include "tests/support/run.hpp"

#include <doctest/doctest.h>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace davy::test {

class KubeServer {
 public:
  using Json = nlohmann::json;
  struct Asked {
    std::string method, path, query, body;
  };

  KubeServer() {
    net::Router router;
    const auto answer = [this](const net::HttpRequest& request,
                               const net::PathValues&) -> boost::asio::awaitable<net::HttpResponse> {
      const std::string path(request.path());
      const std::string query = request.url.size() > path.size() ? request.url.substr(path.size() + 1) : "";
      asked.push_back({request.method, path, query, request.body});
      const auto [status, body] =
          respond(asked.back(), std::string(request.headers.get("Content-Type").value_or("")));
      co_return net::HttpResponse(status, body, "application/json");
    };
    const std::string space = "/apis/{group}/{version}/namespaces/{namespace}/{kind}";
    for (const char* method : {"GET", "PATCH"}) {
      router.add(method, space + "/{name}", answer);
      router.add(method, space + "/{name}/{subresource}", answer);
    }
    router.add("GET", space, answer);
    router.add("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", answer);
    server =
        std::make_unique<net::HttpServer>(loop.get_executor(), net::HttpServerOptions(), std::move(router));
    REQUIRE(server->start().has_value());
  }

  // The inside of an action, as YAML; null when it has problems, which problems() gives.
  using Factory = std::unique_ptr<rollback::Actuator> (*)(const config::Section&,
                                                          const rollback::ActuatorParts&);
  std::unique_ptr<rollback::Actuator> actuator(Factory make, const std::string& options) {
    yaml = config::load_yaml(options, "options.yaml", config::empty_environment());
    REQUIRE(yaml->root.has_value());
    const auto resolver = std::make_shared<net::Resolver>(loop.get_executor());
    kube::KubeAccess access;
    access.server = server->origin();
    access.name_space = "shop";
    const auto client = std::make_shared<kube::KubeClient>(loop.get_executor(), resolver, access);
    const auto cluster = [client] { return Result<std::shared_ptr<kube::KubeClient>>(client); };
    return make(*yaml->root, {loop.get_executor(), resolver, cluster});
  }
  std::string problems() const { return yaml->problems->to_text(); }

  static Action action(std::map<std::string, std::string> facts = {}, std::string id = "r1.rollback.1") {
    Action action;
    action.id = std::move(id);
    action.service = "checkout";
    action.release = "r1";
    action.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    action.facts = std::move(facts);
    return action;
  }
  // Arms, and gives the action that a rollback of this release then carries.
  Action armed(rollback::Actuator& actuator) {
    const auto arming = run(loop, actuator.arm(action({}, "r1.arm"), true));
    REQUIRE(arming.has_value());
    warnings = arming->warnings;
    ready = arming->ready;
    return action(arming->facts);
  }
  Result<ActionOutcome> apply(rollback::Actuator& actuator, const Action& action) {
    return run(loop, actuator.apply(action));
  }
  Result<DeployState> observe(rollback::Actuator& actuator, const Action& action) {
    return run(loop, actuator.observe(&action));
  }

  // As if another program had changed it.
  void put(const std::string& path, Json object) {
    object["metadata"]["resourceVersion"] = std::to_string(++version);
    objects[path] = std::move(object);
  }
  void change(const std::string& path, const std::string& pointer, const Json& value) {
    Json object = objects.at(path);
    object[Json::json_pointer(pointer)] = value;
    put(path, object);
  }
  Json at(const std::string& path, const std::string& pointer) const {
    const Json& object = objects.at(path);
    const Json::json_pointer where(pointer);
    return object.contains(where) ? object.at(where) : Json();
  }
  // Those that change something.
  std::vector<Asked> patches() const {
    std::vector<Asked> real;
    for (const Asked& one : asked) {
      if (one.method == "PATCH" && one.query.find("dryRun") == std::string::npos) real.push_back(one);
    }
    return real;
  }

  boost::asio::io_context loop;
  std::map<std::string, Json> objects;   // by path
  std::set<std::string> unknown_places;  // answered with plain text, as for a kind that is not installed
  std::set<std::string> forbidden;       // "rollouts/status": no permission to patch it
  std::function<void()> before_patch;    // another writer, between look and patch
  std::vector<Asked> asked;
  std::vector<std::string> warnings;
  bool ready = true;
  std::unique_ptr<net::HttpServer> server;
  std::optional<config::LoadedYaml> yaml;

 private:
  using Answer = std::pair<int, std::string>;

  static Answer status(int code, const std::string& reason, const std::string& message) {
    return {code, Json{{"kind", "Status"}, {"reason", reason}, {"message", message}}.dump()};
  }

  Answer respond(const Asked& what, const std::string& content_type) {
    for (const std::string& place : unknown_places) {
      if (what.path.starts_with(place)) return {404, "404 page not found\n"};
    }
    if (what.method == "POST") return review(what);
    if (what.method == "PATCH") return patch(what, content_type);
    if (objects.contains(what.path)) return {200, objects[what.path].dump()};
    Json items = Json::array();
    for (const auto& [path, object] : objects) {
      if (path.starts_with(what.path + "/")) items.push_back(object);
    }
    const bool collection = what.query.find("limit=") != std::string::npos;
    if (!collection) return status(404, "NotFound", "\"" + what.path + "\" not found");
    return {200, Json{{"metadata", {{"resourceVersion", "1"}}}, {"items", items}}.dump()};
  }

  Answer review(const Asked& what) {
    const Json attributes = Json::parse(what.body)["spec"]["resourceAttributes"];
    std::string resource = attributes["resource"].get<std::string>();
    if (attributes["subresource"] != "") resource += "/" + attributes["subresource"].get<std::string>();
    return {201, Json{{"status", {{"allowed", !forbidden.contains(resource)}}}}.dump()};
  }

  // The API server's test of null is one for absence; this library's is not.
  static Json without_met_absences(const Json& change, const Json& object) {
    Json rest = Json::array();
    for (const Json& operation : change) {
      const bool absence = operation["op"] == "test" && operation["value"].is_null();
      if (!absence || object.contains(Json::json_pointer(operation["path"].get<std::string>())))
        rest.push_back(operation);
    }
    return rest;
  }

  Answer patch(const Asked& what, const std::string& content_type) {
    const bool dry = what.query.find("dryRun=All") != std::string::npos;
    if (!dry && before_patch) std::exchange(before_patch, nullptr)();
    std::string path = what.path;
    const bool of_status = path.ends_with("/status");
    if (of_status) path.resize(path.size() - 7);
    if (!objects.contains(path)) return status(404, "NotFound", "\"" + path + "\" not found");
    Json object = objects[path];
    const Json change = Json::parse(what.body);
    try {
      if (content_type == "application/json-patch+json") {
        object = object.patch(without_met_absences(change, object));
      } else {
        object.merge_patch(change);
      }
    } catch (const Json::exception& refused) {
      return status(422, "Invalid", refused.what());
    }
    if (object["metadata"]["resourceVersion"] != objects[path]["metadata"]["resourceVersion"])
      return status(409, "Conflict", "the object has been modified");
    if (of_status) {  // nothing else counts there
      Json only_status = objects[path];
      only_status["status"] = object["status"];
      object = only_status;
    } else if (object["spec"] != objects[path]["spec"] && object["metadata"].contains("generation")) {
      object["metadata"]["generation"] = object["metadata"]["generation"].get<int>() + 1;
    }
    if (!dry) put(path, object);
    return {200, object.dump()};
  }

  int version = 100;
};

}  // namespace davy::test
