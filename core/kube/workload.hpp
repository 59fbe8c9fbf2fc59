#pragma once

// What runs in a cluster, as far as a canary judge cares: workloads, their revisions, and the pods of each.
// Pure.
//
// A pod belongs to a revision by its owners' UIDs (Pod -> ReplicaSet -> Deployment or Rollout; Pod ->
// StatefulSet or DaemonSet), never by labels alone: anybody can wear a label. A revision is told from another
// by the hash of its template, which stays the same when an undo gives it a new number.

#include "core/base/result.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace davy::kube {

enum class WorkloadKind { deployment, stateful_set, daemon_set, rollout };
std::string_view to_text(WorkloadKind kind);  // "deployment", "statefulset", ...

struct WorkloadRef {
  WorkloadKind kind = WorkloadKind::deployment;
  std::string name_space, name;
  std::string to_text() const;  // "deployment shop/checkout"
  bool operator==(const WorkloadRef&) const = default;
};

struct Workload {
  WorkloadRef ref;
  std::string uid, resource_version;
  std::int64_t generation = 0, observed_generation = 0;
  bool paused = false;
  std::int64_t replicas = 0;  // wanted
  std::int64_t updated = 0, available = 0, total = 0;
  std::map<std::string, std::string> labels, annotations;
  std::string selector;                       // "app=checkout,tier in (a,b)": of its pods
  boost::json::object pod_template;           // spec.template
  std::string current_hash, stable_hash;      // rollout, stateful set: what the status says; otherwise empty
  bool aborted = false;                       // rollout
  bool promote_full = false;                  // rollout: on its way to full without further steps
  std::optional<std::int64_t> canary_weight;  // rollout that routes traffic: percent that the canary gets
  std::string active_hash;                    // blue-green rollout: what its active service selects
  std::string template_elsewhere;           // rollout: the workload that has its template (spec.workloadRef)
  std::string phase, message;               // rollout
  std::vector<std::string> field_managers;  // who last wrote spec fields, newest first
};

// A ReplicaSet or a ControllerRevision.
struct Revision {
  std::string name, uid, owner_uid;
  std::string hash;         // pod-template-hash, rollouts-pod-template-hash or controller-revision-hash
  std::int64_t number = 0;  // the owner's revision annotation, or .revision
  std::int64_t replicas = 0, ready = 0;
  std::string created;  // RFC 3339
  std::map<std::string, std::string> annotations;
  boost::json::object pod_template;  // without the hash label
};

struct Pod {
  std::string name, uid, ip, owner_uid;
  std::map<std::string, std::string> labels, annotations;
  std::vector<std::pair<std::string, int>> ports;  // of all its containers; unnamed ones with ""
  bool ready = false;
  bool ending = false;  // deleted, or finished
  std::string created;  // RFC 3339
  // Of the application: not of sidecars (init containers that always restart), nor of Davy itself.
  std::int64_t restarts = 0;
  std::int64_t out_of_memory = 0;  // containers whose last end was OOMKilled
  std::string trouble;  // "CrashLoopBackOff", "ImagePullBackOff", "OOMKilled", ...; empty when none
};

Result<Workload> read_workload(WorkloadKind kind, const boost::json::object& object);
Revision read_revision(WorkloadKind kind, const boost::json::object& object);
Pod read_pod(const boost::json::object& object);

// The revisions of one workload, oldest first; others are dropped.
std::vector<Revision> owned(const Workload& workload, std::vector<Revision> revisions);

// Which revision is being rolled out, and which was there before.
struct RevisionPair {
  const Revision* current = nullptr;  // the newest; null when the controller has not made it yet
  const Revision* before = nullptr;   // that served before it; null when there is none
};
// `revisions` as owned() gives them.
RevisionPair newest(const Workload& workload, const std::vector<Revision>& revisions);

// Equal but for the labels that controllers add.
bool same_template(const boost::json::object& a, const boost::json::object& b);
boost::json::object without_hash_label(boost::json::object pod_template);

// The pod's revision hash, given its owner; empty when the pod is not the workload's.
std::string hash_of(const Pod& pod, const Workload& workload, const std::vector<Revision>& revisions);

// Who else writes this object from a repository and would undo a rollback: "Argo CD application shop", "Flux
// kustomization flux-system/apps"; empty: nobody we know. By its marks, or by who writes its spec.
std::string gitops_owner(const std::map<std::string, std::string>& labels,
                         const std::map<std::string, std::string>& annotations,
                         const std::vector<std::string>& field_managers);

}  // namespace davy::kube
