#pragma once

// Where the API keeps each kind of object.

#include "core/kube/workload.hpp"

namespace davy::kube {

std::string path_of(const WorkloadRef& ref);  // /apis/apps/v1/namespaces/shop/deployments/checkout
std::string collection_of(WorkloadKind kind, std::string_view name_space);
std::string revisions_of(WorkloadKind kind,
                         std::string_view name_space);  // ReplicaSets or ControllerRevisions
std::string pods_of(std::string_view name_space);

// In the words of a role: "apps" and "deployments".
struct ApiResource {
  std::string_view group, resource;
};
ApiResource resource_of(WorkloadKind kind);
ApiResource revision_resource_of(WorkloadKind kind);

}  // namespace davy::kube
