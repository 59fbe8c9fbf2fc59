#pragma once

// One object of the fake API that is really kept: made once, replaced or merge-patched only by whoever names
// the version it has, changed by the test at will.

#include "core/kube/fields.hpp"
#include "tests/support/fake_kube.hpp"

namespace davy::test {

class StoredObject {
 public:
  StoredObject(FakeKube& api, const std::string& collection, const std::string& name) {
    api.on("GET", collection + "/" + name,
           [this](const KubeCall&) { return object_ ? now() : refused(404, "NotFound", "not found"); });
    api.on("POST", collection, [this](const KubeCall& call) {
      if (object_) return refused(409, "AlreadyExists", "it already exists");
      return write(call.json().as_object());
    });
    const auto change = [this](const KubeCall& call) { return patched(call); };
    api.on("PUT", collection + "/" + name, change);
    api.on("PATCH", collection + "/" + name, change);
  }

  // The answer to a PUT or a merge patch.
  Script patched(const KubeCall& call) {
    const boost::json::object sent = call.json().as_object();
    if (!object_) return refused(404, "NotFound", "not found");
    if (kube::text_at(sent, {"metadata", "resourceVersion"}) != std::to_string(version_))
      return refused(409, "Conflict", "the object has been modified");
    boost::json::object merged = *object_;
    for (const auto& [key, value] : sent) {
      if (key != "metadata") merged[key] = value;
    }
    return write(std::move(merged));
  }

  bool exists() const { return object_.has_value(); }
  const boost::json::object& json() const { return *object_; }

  // By another's hand.
  void set(const std::string& key, boost::json::value value) {
    boost::json::object object = object_.value_or(boost::json::object());
    object[key] = std::move(value);
    write(std::move(object));
  }
  void remove() { object_.reset(); }

 private:
  Script write(boost::json::object object) {
    object_ = std::move(object);
    if (!object_->contains("metadata")) (*object_)["metadata"] = boost::json::object();
    (*object_)["metadata"].as_object()["resourceVersion"] = std::to_string(++version_);
    return now();
  }
  Script now() const { return said(boost::json::serialize(*object_)); }

  std::optional<boost::json::object> object_;
  int version_ = 0;
};

}  // namespace davy::test
