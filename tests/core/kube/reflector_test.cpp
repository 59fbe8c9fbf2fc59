// A kept copy stays the truth, whatever happens to the watch that feeds it.

#include "core/kube/reflector.hpp"

#include "core/kube/fields.hpp"
#include "tests/support/fake_kube.hpp"

#include <map>

namespace davy::kube {
namespace {

using namespace std::chrono_literals;
using test::event;
using test::events;
using test::FakeKube;
using test::KubeCall;
using test::listed;
using test::refused;
using test::Script;
using test::Then;

std::string pod(const std::string& name, int version) {
  return R"({"metadata":{"name":")" + name + R"(","resourceVersion":")" + std::to_string(version) + R"("}})";
}

// A reflector of pods by name, with the version of each.
class Copy {
 public:
  explicit Copy(FakeKube& api, ReflectorOptions options = quick()) : api_(api) {
    ReflectorHandler handler;
    const auto put = [this](const json::object& object) {
      pods[text_at(object, {"metadata", "name"})] = text_at(object, {"metadata", "resourceVersion"});
    };
    handler.replaced = [this, put](const std::vector<json::value>& objects) {
      pods.clear();
      for (const json::value& object : objects) put(object.get_object());
    };
    handler.changed = put;
    handler.removed = [this](const json::object& object) {
      pods.erase(text_at(object, {"metadata", "name"}));
    };
    reflector = std::make_unique<Reflector>(api.loop.get_executor(), api.client(), "/pods", "",
                                            std::move(handler), options);
  }

  static ReflectorOptions quick() {
    ReflectorOptions options;
    options.first_wait = 10ms;
    options.most_wait = 40ms;
    options.grace = 50ms;
    return options;
  }

  bool shows(const std::map<std::string, std::string>& wanted) {
    return api_.until([&] { return pods == wanted; });
  }

  std::map<std::string, std::string> pods;
  std::unique_ptr<Reflector> reflector;

 private:
  FakeKube& api_;
};

// Watches answer in turn; the last one stays open and silent.
FakeKube::Answer watches(std::vector<Script> scripts) {
  return [scripts = std::move(scripts), next = std::size_t{0}](const KubeCall&) mutable {
    return next < scripts.size() ? scripts[next++] : events({}, Then::hang);
  };
}

std::vector<std::string> watched_from(const FakeKube& api) {
  std::vector<std::string> versions;
  for (const KubeCall& call : api.seen("GET", "watch=1"))
    versions.push_back(call.target.substr(call.target.find("resourceVersion=") + 16));
  return versions;
}

}  // namespace

TEST_CASE("a copy follows what is added and changed and deleted") {
  FakeKube api;
  api.on("GET", "/pods", listed(pod("a", 1) + "," + pod("b", 2), "5"));
  api.on("GET", "watch=1",
         events({event("ADDED", pod("c", 6)), event("MODIFIED", pod("a", 7)), event("DELETED", pod("b", 8))},
                Then::hang));
  Copy copy(api);
  CHECK(copy.shows({{"a", "7"}, {"c", "6"}}));
  CHECK_FALSE(copy.reflector->problem());
}

TEST_CASE("a watch goes on from the newest version that was seen and a bookmark is one") {
  FakeKube api;
  api.on("GET", "/pods", listed("", "5"));
  api.on("GET", "watch=1",
         watches({events({event("ADDED", pod("a", 6)), event("BOOKMARK", pod("", 9))}, Then::reset),
                  events({event("ADDED", pod("b", 10))}, Then::reset)}));
  Copy copy(api);
  CHECK(api.until([&] { return watched_from(api).size() == 3; }));
  CHECK(watched_from(api) == std::vector<std::string>{"5", "9", "10"});
  CHECK(copy.pods == std::map<std::string, std::string>{{"a", "6"}, {"b", "10"}});
  CHECK(api.seen("GET", "/pods?limit").size() == 1);
}

TEST_CASE("K12 a version that is too old lists anew and misses nothing") {
  for (const Script& gone : {refused(410, "Expired", "too old resource version"),
                             events({event("ERROR", R"({"kind":"Status","code":410,"reason":"Expired"})")}),
                             events({event("MODIFIED", R"("no object")")}), events({"no JSON\n"})}) {
    CAPTURE(gone.bytes);
    FakeKube api;
    api.on("GET", "/pods", [&, lists = 0](const KubeCall&) mutable {
      return ++lists == 1 ? listed(pod("a", 1), "5") : listed(pod("b", 8), "9");
    });
    api.on("GET", "watch=1", watches({gone}));
    Copy copy(api);
    CHECK(copy.shows({{"b", "8"}}));
    CHECK(api.until([&] { return watched_from(api) == std::vector<std::string>{"5", "9"}; }));
  }
}

TEST_CASE("K12 a server that finds every version too old is asked ever more rarely") {
  FakeKube api;
  api.on("GET", "/pods", listed(pod("a", 1), "5"));
  api.on("GET", "watch=1", refused(410, "Expired", "too old resource version"));
  Copy copy(api);
  const auto began = std::chrono::steady_clock::now();
  api.until([&] { return std::chrono::steady_clock::now() - began > 300ms; });
  // Waits of 5 to 10 ms, then 10 to 20, then 20 to 40 and no longer.
  CHECK(api.seen("GET", "/pods?limit").size() <= 18);
  CHECK(api.seen("GET", "/pods?limit").size() >= 2);
}

TEST_CASE("a watch that ends as soon as it begins is asked for ever more rarely") {
  FakeKube api;
  api.on("GET", "/pods", listed("", "5"));
  api.on("GET", "watch=1", events({}));
  Copy copy(api);
  const auto began = std::chrono::steady_clock::now();
  api.until([&] { return std::chrono::steady_clock::now() - began > 300ms; });
  CHECK(watched_from(api).size() <= 18);
  CHECK(copy.reflector->problem().has_value());
}

TEST_CASE("a watch that is cut in the middle of a line goes on from the last whole one") {
  FakeKube api;
  api.on("GET", "/pods", listed("", "5"));
  Script cut = events({event("ADDED", pod("a", 6)), event("ADDED", pod("b", 7)).substr(0, 30)}, Then::reset);
  api.on("GET", "watch=1", watches({cut, events({event("ADDED", pod("b", 7))}, Then::hang)}));
  Copy copy(api);
  CHECK(copy.shows({{"a", "6"}, {"b", "7"}}));
  CHECK(watched_from(api) == std::vector<std::string>{"5", "6"});
}

TEST_CASE("events that arrive byte by byte are the same events") {
  FakeKube api;
  api.on("GET", "/pods", listed("", "5"));
  Script slow = events({event("ADDED", pod("a", 6)), event("ADDED", pod("b", 7))}, Then::hang);
  slow.piece = 1;
  api.on("GET", "watch=1", slow);
  Copy copy(api);
  CHECK(copy.shows({{"a", "6"}, {"b", "7"}}));
}

TEST_CASE("K13 a watch that has fallen silent is cured by the next list") {
  FakeKube api;
  api.on("GET", "/pods", [&, lists = 0](const KubeCall&) mutable {
    return ++lists == 1 ? listed(pod("a", 1), "5") : listed(pod("b", 8), "9");
  });
  api.on("GET", "watch=1", events({}, Then::hang));
  ReflectorOptions options = Copy::quick();
  options.relist_every = 60ms;
  Copy copy(api, options);
  CHECK(copy.shows({{"b", "8"}}));
}

TEST_CASE("K01 K07 while the API is away the copy stays and the problem is told until it is over") {
  FakeKube api;
  api.on("GET", "/pods", listed(pod("a", 1), "5"));
  bool away = false;
  api.on("GET", "watch=1", [&](const KubeCall&) {
    return away ? refused(503, "ServiceUnavailable", "down for a moment") : events({}, Then::reset);
  });
  Copy copy(api);
  CHECK(copy.shows({{"a", "1"}}));
  away = true;
  CHECK(api.until([&] {
    const auto problem = copy.reflector->problem();
    return problem && problem->message().find("503") != std::string::npos;
  }));
  CHECK(copy.pods.size() == 1);
  api.on("GET", "watch=1", events({event("ADDED", pod("b", 6))}, Then::hang));
  CHECK(copy.shows({{"a", "1"}, {"b", "6"}}));
  CHECK_FALSE(copy.reflector->problem());
}

TEST_CASE("K09 K10 whoever waits for a copy that cannot be had is given the reason") {
  for (const auto& [script, cause] : {std::pair{refused(401, "Unauthorized", "Unauthorized"), "unauthorized"},
                                      {refused(403, "Forbidden", "cannot list pods"), "forbidden"},
                                      {test::said("<html>"), "malformed"}}) {
    CAPTURE(cause);
    FakeKube api;
    api.on("GET", "/pods", script);
    Copy copy(api);
    const auto ready = test::run(api.loop, copy.reflector->synced(net::Deadline::after(60ms)));
    REQUIRE(!ready.has_value());
    CHECK(ready.error().cause() == cause);
    // Somebody grants it: no restart is needed.
    api.on("GET", "/pods", listed(pod("a", 1), "5"));
    api.on("GET", "watch=1", events({}, Then::hang));
    CHECK(test::run(api.loop, copy.reflector->synced(FakeKube::soon())).has_value());
  }
}

TEST_CASE("K06 a list that is throttled is asked for again when the server said and not before") {
  FakeKube api;
  api.on("GET", "/pods", refused(429, "TooManyRequests", "slow down", "Retry-After: 1\r\n"));
  Copy copy(api);
  CHECK(api.until([&] { return api.calls.size() == 1; }));
  const auto began = std::chrono::steady_clock::now();
  CHECK(api.until([&] { return api.calls.size() == 2; }));
  CHECK(std::chrono::steady_clock::now() - began >= 900ms);
}

TEST_CASE("a reflector that goes away in the middle of a watch says nothing more") {
  FakeKube api;
  api.on("GET", "/pods", listed(pod("a", 1), "5"));
  Script slow = events({event("ADDED", pod("b", 6)), event("ADDED", pod("c", 7))}, Then::hang);
  slow.piece = 1;
  api.on("GET", "watch=1", slow);
  Copy copy(api);
  CHECK(copy.shows({{"a", "1"}}));
  copy.reflector.reset();
  const std::size_t asked = api.calls.size();
  const auto began = std::chrono::steady_clock::now();
  api.until([&] { return std::chrono::steady_clock::now() - began > 50ms; });
  CHECK(copy.pods.size() == 1);
  CHECK(api.calls.size() <= asked + 1);
}

}  // namespace davy::kube
