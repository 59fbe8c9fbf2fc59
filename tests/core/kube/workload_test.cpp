// Pods, revisions and workloads as the API writes them.

#include "core/kube/workload.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

namespace davy::kube {
namespace {

namespace json = boost::json;

json::object object(const char* text) { return json::parse(text).as_object(); }

json::object pod_template(const std::string& image) {
  return {{"metadata", {{"labels", {{"app", "a"}}}}},
          {"spec", {{"containers", {{{"name", "a"}, {"image", image}}}}}}};
}

Revision revision(const std::string& hash, std::int64_t number, const std::string& image,
                  const std::string& owner = "u1") {
  Revision made;
  made.uid = "rs-" + hash;
  made.hash = hash;
  made.number = number;
  made.owner_uid = owner;
  made.pod_template = pod_template(image);
  return made;
}

Workload deployment(const std::string& image) {
  Workload made;
  made.uid = "u1";
  made.pod_template = pod_template(image);
  return made;
}

}  // namespace

TEST_CASE("a pod tells its ports its restarts and what is wrong with it") {
  const Pod pod = read_pod(object(
      R"({"metadata":{"name":"p","uid":"1","ownerReferences":[{"uid":"x"},{"uid":"rs","controller":true}]},
    "spec":{"containers":[{"ports":[{"name":"http","containerPort":8080}]},{"ports":[{"containerPort":9090}]}]},
    "status":{"podIP":"10.1.2.3","phase":"Running","conditions":[{"type":"Ready","status":"False"}],
    "containerStatuses":[{"restartCount":2,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"reason":"OOMKilled"}}},
                         {"restartCount":1,"state":{"running":{}}}]}})"));
  CHECK(pod.owner_uid == "rs");
  CHECK(pod.ports == std::vector<std::pair<std::string, int>>{{"http", 8080}, {"", 9090}});
  CHECK(pod.restarts == 3);
  CHECK(pod.out_of_memory == 1);
  CHECK(pod.trouble == "CrashLoopBackOff");
  CHECK_FALSE(pod.ready);
  CHECK_FALSE(pod.ending);
}

TEST_CASE("what happens to sidecars and to Davy is not the application's doing") {
  const Pod pod = read_pod(object(R"({"spec":{"containers":[{"name":"app"},{"name":"davy"}],
    "initContainers":[{"name":"proxy","restartPolicy":"Always"},{"name":"migrate"}]},
    "status":{"containerStatuses":[{"name":"app","restartCount":1},{"name":"davy","restartCount":5}],
    "initContainerStatuses":[{"name":"proxy","restartCount":7,"state":{"waiting":{"reason":"CrashLoopBackOff"}}},
                             {"name":"migrate","restartCount":2}]}})"));
  CHECK(pod.restarts == 3);
  CHECK(pod.trouble.empty());
}

TEST_CASE("fields that are missing or of another type read as empty") {
  const Pod pod =
      read_pod(object(R"({"metadata":{"name":7},"status":{"conditions":"none","containerStatuses":[3]}})"));
  CHECK(pod.name.empty());
  CHECK(pod.restarts == 0);
  CHECK_FALSE(read_workload(WorkloadKind::deployment, object(R"({"metadata":{}})")).has_value());
}

TEST_CASE("a pod belongs to a workload by its owners and not by its labels") {
  const Workload workload = deployment("a:2");
  const std::vector<Revision> revisions{revision("h1", 1, "a:1"), revision("h2", 2, "a:2")};
  Pod pod;
  pod.owner_uid = "rs-h2";
  CHECK(hash_of(pod, workload, revisions) == "h2");
  pod.owner_uid = "somebody";
  pod.labels = {{"app", "a"}, {"pod-template-hash", "h2"}};
  CHECK(hash_of(pod, workload, revisions).empty());
}

TEST_CASE("only the revisions of the workload itself count") {
  const auto kept = owned(deployment("a:2"), {revision("h2", 2, "a:2"), revision("h9", 9, "a:9", "other"),
                                              revision("h1", 1, "a:1")});
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].hash == "h1");
}

TEST_CASE("the newest revision is the one with the workload's template however it is numbered") {
  const std::vector<Revision> revisions{revision("h1", 1, "a:1"), revision("h2", 2, "a:2")};
  CHECK(newest(deployment("a:1"), revisions).current->hash == "h1");
  CHECK(newest(deployment("a:1"), revisions).before->hash == "h2");
  CHECK(newest(deployment("a:3"), revisions).current == nullptr);
}

TEST_CASE("the hash label and an empty creation time do not make a template another") {
  json::object labelled = pod_template("a:1");
  labelled["metadata"].as_object()["labels"].as_object()["pod-template-hash"] = "h1";
  labelled["metadata"].as_object()["creationTimestamp"] = nullptr;
  CHECK(same_template(labelled, pod_template("a:1")));
  CHECK_FALSE(same_template(labelled, pod_template("a:2")));
}

TEST_CASE("a selector becomes the text that a query takes") {
  const auto workload =
      read_workload(WorkloadKind::deployment, object(R"({"metadata":{"uid":"u"},"spec":{"selector":{
    "matchLabels":{"app":"a"},"matchExpressions":[{"key":"tier","operator":"In","values":["x","y"]},
    {"key":"old","operator":"DoesNotExist"},{"key":"track","operator":"NotIn","values":["z"]},{"key":"k","operator":"Exists"}]}}})"));
  REQUIRE(workload.has_value());
  CHECK(workload->selector == "app=a,tier in (x,y),!old,track notin (z),k");
}

TEST_CASE("whoever writes the object from a repository is recognised") {
  CHECK(gitops_owner({}, {{"argocd.argoproj.io/tracking-id", "shop:apps/Deployment:shop/a"}}, {}) ==
        "Argo CD application shop");
  CHECK(gitops_owner({{"kustomize.toolkit.fluxcd.io/name", "apps"},
                      {"kustomize.toolkit.fluxcd.io/namespace", "flux-system"}},
                     {}, {}) == "Flux kustomization flux-system/apps");
  CHECK(gitops_owner({}, {}, {"kubectl", "argocd-controller"}) == "Argo CD (argocd-controller)");
  CHECK(gitops_owner({{"app.kubernetes.io/managed-by", "Helm"}}, {}, {"helm"}).empty());
}

}  // namespace davy::kube
