#include "core/kube/workload_paths.hpp"

#include <fmt/format.h>

namespace davy::kube {

ApiResource resource_of(WorkloadKind kind) {
  switch (kind) {
    case WorkloadKind::deployment: return {"apps", "deployments"};
    case WorkloadKind::stateful_set: return {"apps", "statefulsets"};
    case WorkloadKind::daemon_set: return {"apps", "daemonsets"};
    case WorkloadKind::rollout: return {"argoproj.io", "rollouts"};
  }
  return {};
}

ApiResource revision_resource_of(WorkloadKind kind) {
  const bool replica_sets = kind == WorkloadKind::deployment || kind == WorkloadKind::rollout;
  return {"apps", replica_sets ? "replicasets" : "controllerrevisions"};
}

std::string collection_of(WorkloadKind kind, std::string_view name_space) {
  const ApiResource api = resource_of(kind);
  const char* version = kind == WorkloadKind::rollout ? "v1alpha1" : "v1";
  return fmt::format("/apis/{}/{}/namespaces/{}/{}", api.group, version, name_space, api.resource);
}

std::string path_of(const WorkloadRef& ref) {
  return collection_of(ref.kind, ref.name_space) + "/" + ref.name;
}

std::string revisions_of(WorkloadKind kind, std::string_view name_space) {
  return fmt::format("/apis/apps/v1/namespaces/{}/{}", name_space, revision_resource_of(kind).resource);
}

std::string pods_of(std::string_view name_space) {
  return fmt::format("/api/v1/namespaces/{}/pods", name_space);
}

}  // namespace davy::kube
