// Who wrote what, and what an answer of 404 means.

#include "core/kube/managed_fields.hpp"

#include "core/kube/kube_client.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

namespace davy::kube {
namespace {

json::object written(const char* manager, const char* time, json::object fields,
                     const char* subresource = "") {
  return {
      {"manager", manager}, {"time", time}, {"subresource", subresource}, {"fieldsV1", std::move(fields)}};
}

}  // namespace

TEST_CASE("the last who wrote a field is named and whoever wrote others is not") {
  const json::object object{
      {"metadata",
       {{"managedFields",
         json::array{written("helm", "2026-01-01T00:00:00Z", {{"f:spec", {{"f:hostnames", json::object()}}}}),
                     written("flagger", "2026-01-02T00:00:00Z", {{"f:spec", {{"f:rules", json::object()}}}}),
                     written("davy", "2026-01-03T00:00:00Z", {{"f:metadata", json::object()}}),
                     written("gateway", "2026-01-04T00:00:00Z", {{"f:spec", json::object()}}, "status")}}}}};
  CHECK(last_writer(object, {"f:spec", "f:rules"}) == "flagger");
  CHECK(last_writer(object, {"f:metadata"}) == "davy");
  CHECK(last_writer(object, {"f:metadata", "f:labels"}) == "");
  CHECK(spec_writers(object) == std::vector<std::string>{"flagger", "helm"});
}

TEST_CASE("a kind that is not installed is not an object that is not there") {
  const char* absent = R"({"kind":"Status","reason":"NotFound","message":"rollouts \"checkout\" not found"})";
  CHECK(kube_error("GET /apis/x", 404, absent, std::nullopt).cause() == "not_found");
  const Error unknown = kube_error("GET /apis/x", 404, "404 page not found\n", std::nullopt);
  CHECK(unknown.cause() == "no_such_api");
  CHECK(unknown.kind() == ErrorKind::not_found);
}

}  // namespace davy::kube
