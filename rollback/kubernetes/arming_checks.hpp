#pragma once

// What would stand in the way of a change, found out before it is needed. Each adds its warning, and takes
// `ready` back where nothing could be done now.

#include "core/kube/kube_client.hpp"
#include "rollback/actuator.hpp"
#include "rollback/kubernetes/tested_patch.hpp"

#include <map>
#include <string>
#include <vector>

namespace davy::rollback {

boost::asio::awaitable<void> check_permissions(kube::KubeClient& client, std::vector<kube::Permission> needed,
                                               Duration timeout, Arming& arming);

// Argo CD and Flux put back what their source says. `name`: "deployment shop/checkout".
void warn_of_owner(const std::string& name, const std::map<std::string, std::string>& labels,
                   const std::map<std::string, std::string>& annotations,
                   const std::vector<std::string>& field_managers, Arming& arming);

// Sends the planned patch with dryRun=All. What may be different when it is needed, like a conflict, says
// nothing.
boost::asio::awaitable<void> rehearse(kube::KubeClient& client, Result<PlannedPatch> planned,
                                      net::Deadline deadline, Arming& arming);

}  // namespace davy::rollback
