// One value in one ConfigMap, and who may write it.

#include "core/kube/config_map_store.hpp"

#include "core/kube/base64.hpp"
#include "core/kube/fields.hpp"
#include "core/net/inflate.hpp"
#include "tests/support/fake_kube.hpp"
#include "tests/support/stored_object.hpp"

#include <random>

namespace davy::kube {
namespace {

using test::FakeKube;

constexpr const char* collection = "/api/v1/namespaces/shop/configmaps";

ConfigMapStore store_in(FakeKube& api) { return {api.client(), "shop", "davy-checkout", "checkout"}; }

Result<std::string> load(FakeKube& api, ConfigMapStore& store) {
  return test::run(api.loop, store.load(FakeKube::soon()));
}

Result<void> save(FakeKube& api, ConfigMapStore& store, std::string content) {
  return test::run(api.loop, store.save(std::move(content), FakeKube::soon()));
}

}  // namespace

TEST_CASE("what is saved is loaded by the next and is compressed and says whose it is") {
  FakeKube api;
  test::StoredObject object(api, collection, "davy-checkout");
  const std::string content(100'000, 'x');
  ConfigMapStore first = store_in(api);
  CHECK(*load(api, first) == "");
  REQUIRE(save(api, first, "small").has_value());
  REQUIRE(save(api, first, content).has_value());
  CHECK(first.bytes_written() < 1000);
  CHECK(api.seen("POST", collection).size() == 1);
  CHECK(api.seen("PATCH", collection).size() == 1);
  CHECK(text_at(object.json(), {"metadata", "labels", "davy/service"}) == "checkout");
  ConfigMapStore next = store_in(api);
  CHECK(*load(api, next) == content);
}

TEST_CASE("L02 whoever has been overtaken is refused and does not write over its successor") {
  FakeKube api;
  test::StoredObject object(api, collection, "davy-checkout");
  ConfigMapStore old = store_in(api), heir = store_in(api);
  REQUIRE(save(api, old, "one").has_value());
  REQUIRE(load(api, heir).has_value());
  REQUIRE(save(api, heir, "two").has_value());
  const auto late = save(api, old, "late");
  REQUIRE(!late.has_value());
  CHECK(late.error().kind() == ErrorKind::conflict);
  CHECK(*load(api, heir) == "two");
}

TEST_CASE("two that make it at once have one winner and the other learns of it") {
  FakeKube api;
  test::StoredObject object(api, collection, "davy-checkout");
  ConfigMapStore a = store_in(api), b = store_in(api);
  CHECK(*load(api, a) == "");
  CHECK(*load(api, b) == "");
  CHECK(save(api, a, "a").has_value());
  const auto second = save(api, b, "b");
  REQUIRE(!second.has_value());
  CHECK(second.error().cause() == "already_exists");
  CHECK(*load(api, b) == "a");
  CHECK(save(api, b, "b").has_value());
}

TEST_CASE("what does not fit is not sent") {
  FakeKube api;
  ConfigMapStore store = store_in(api);
  std::mt19937_64 random(7);
  std::string noise(ConfigMapStore::bytes_max + 10'000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  const auto saved = save(api, store, noise);
  REQUIRE(!saved.has_value());
  CHECK(saved.error().kind() == ErrorKind::over_limit);
  CHECK(api.calls.empty());
}

TEST_CASE("a ConfigMap that others have written is told from one that is empty") {
  for (const auto& [data, kind] :
       {std::pair<std::string, ErrorKind>{R"({"journal.gz":"no base64!"})", ErrorKind::malformed},
        {R"({"journal.gz":")" + to_base64("no gzip") + R"("})", ErrorKind::malformed},
        {R"({"journal.gz":")" + to_base64(net::gzip("cut").substr(0, 12)) + R"("})", ErrorKind::malformed},
        {R"({"journal.gz":")" + to_base64(net::gzip(std::string(20 << 20, '0'))) + R"("})",
         ErrorKind::over_limit}}) {
    FakeKube api;
    api.on("GET", collection,
           test::said(R"({"metadata":{"resourceVersion":"3"},"binaryData":)" + data + "}"));
    ConfigMapStore store = store_in(api);
    const auto content = load(api, store);
    REQUIRE(!content.has_value());
    CHECK(content.error().kind() == kind);
    CHECK(content.error().message().find("davy-checkout") != std::string::npos);
  }
  FakeKube api;
  api.on("GET", collection, test::said(R"({"metadata":{"resourceVersion":"3"},"data":{"other":"x"}})"));
  ConfigMapStore store = store_in(api);
  CHECK(*load(api, store) == "");
}

}  // namespace davy::kube
