#pragma once

// A Deployment with its ReplicaSets and pods on the fake API, changed at will: a change is shown by the next
// list, and every watch is ended at once so that there is one.

#include "collector/kubernetes/rollout_watch.hpp"
#include "core/kube/fields.hpp"
#include "tests/support/fake_kube.hpp"

namespace davy::test {

class FakeWorkload {
 public:
  using Object = boost::json::object;
  using Array = boost::json::array;

  FakeWorkload() {
    api.on("GET", "/deployments?",
           [this](const KubeCall&) { return all(exists ? list({deployment()}) : ""); });
    api.on("GET", "/replicasets?", [this](const KubeCall&) { return all(list(replica_sets)); });
    api.on("GET", "/pods?", [this](const KubeCall&) { return all(list(pods)); });
    api.on("GET", "watch=1", refused(410, "Expired", "list again"));
  }

  // Version n of the template, with its ReplicaSet; the hash is "h" and the number.
  FakeWorkload& deploy(int version) {
    current = version;
    for (const Object& known : replica_sets) {
      if (name_of(known) == "checkout-h" + std::to_string(version)) return *this;
    }
    Object metadata = named("checkout-h" + std::to_string(version), "rs" + std::to_string(version), "d1");
    metadata["labels"] = Object{{"pod-template-hash", "h" + std::to_string(version)}};
    metadata["annotations"] = Object{{"deployment.kubernetes.io/revision", std::to_string(version)}};
    metadata["creationTimestamp"] = created;
    replica_sets.push_back({{"metadata", metadata}, {"spec", {{"template", pod_template(version)}}}});
    return *this;
  }
  FakeWorkload& pod(const std::string& name, int version, bool ready = true, int restarts = 0) {
    Object status{{"podIP", "10.0.0." + std::to_string(pods.size() + 1)},
                  {"phase", "Running"},
                  {"conditions", Array{Object{{"type", "Ready"}, {"status", ready ? "True" : "False"}}}},
                  {"containerStatuses", Array{Object{{"restartCount", restarts}}}}};
    pods.push_back(
        {{"metadata", named(name, "pod-" + name, "rs" + std::to_string(version))},
         {"spec",
          {{"containers", Array{Object{{"ports", Array{Object{{"name", "http"}, {"containerPort", 80}}}}}}}}},
         {"status", std::move(status)}});
    return *this;
  }
  void remove_pod(const std::string& name) {
    std::erase_if(pods, [&](const Object& known) { return name_of(known) == name; });
  }

  // Of the same Deployment as these tests name it everywhere.
  std::shared_ptr<collector::RolloutWatch> watch() {
    kube::ReflectorOptions quick;
    quick.first_wait = std::chrono::milliseconds(2);
    quick.most_wait = std::chrono::milliseconds(4);
    return std::make_shared<collector::RolloutWatch>(
        api.loop.get_executor(), api.client(),
        kube::WorkloadRef{kube::WorkloadKind::deployment, "shop", "checkout"}, quick);
  }

  FakeKube api;
  bool exists = true;
  int current = 1;
  std::int64_t replicas = 2, updated = 2, total = 2;
  Object annotations;
  std::string selector = "checkout", created = "2024-05-01T11:00:00Z";
  std::vector<Object> replica_sets, pods;

 private:
  static std::string name_of(const Object& object) { return kube::text_at(object, {"metadata", "name"}); }
  static Object named(const std::string& name, const std::string& uid, const std::string& owner) {
    return {{"name", name},
            {"namespace", "shop"},
            {"uid", uid},
            {"ownerReferences", Array{Object{{"uid", owner}, {"controller", true}}}}};
  }
  static Object pod_template(int version) {
    return {{"spec", {{"containers", Array{Object{{"image", "checkout:" + std::to_string(version)}}}}}}};
  }
  Object deployment() const {
    Object metadata{{"name", "checkout"}, {"namespace", "shop"}, {"uid", "d1"}, {"annotations", annotations}};
    return {{"metadata", metadata},
            {"spec",
             {{"replicas", replicas},
              {"selector", {{"matchLabels", {{"app", selector}}}}},
              {"template", pod_template(current)}}},
            {"status", {{"updatedReplicas", updated}, {"replicas", total}, {"availableReplicas", total}}}};
  }
  static std::string list(const std::vector<Object>& objects) {
    std::string text;
    for (const Object& object : objects) text += (text.empty() ? "" : ",") + boost::json::serialize(object);
    return text;
  }
  Script all(const std::string& items) { return listed(items, std::to_string(++version_)); }

  int version_ = 0;
};

}  // namespace davy::test
