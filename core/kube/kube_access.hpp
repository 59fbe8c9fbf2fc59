#pragma once

// Where the Kubernetes API is and who we are there.
//
// From, in this order: the files that $KUBECONFIG names; the service account of the pod we run in;
// ~/.kube/config. Tokens and certificates that are files stay files: they are read again for each request or
// connection, so rotation needs no restart. Exec and auth-provider plugins are refused: running a program of
// a configuration's choosing is not Davy's affair.

#include "config/environment.hpp"
#include "core/base/http_access.hpp"
#include "core/base/result.hpp"

#include <string>

namespace davy::kube {

struct KubeAccess {
  std::string server;  // https://10.0.0.1:443, no trailing slash
  HttpAccess http;
  std::string name_space;  // of these credentials: what a policy means that names none
  std::string origin;  // for people: "the pod's service account", "context 'prod' of /home/a/.kube/config"
};

// Errors: not_found (no credentials anywhere, or a file), invalid (a kubeconfig that does not add up),
// unsupported (plugins).
Result<KubeAccess> find_kube_access(const config::Environment& variables);

// The service account mounted into a pod. $DAVY_SERVICEACCOUNT_DIR replaces its usual folder.
Result<KubeAccess> in_cluster_access(const config::Environment& variables);

// The current context of one or more files (separated by ':'), of which the first to define a thing wins.
Result<KubeAccess> kubeconfig_access(const std::string& files);

}  // namespace davy::kube
