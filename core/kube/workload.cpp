#include "core/kube/workload.hpp"

#include "core/kube/fields.hpp"
#include "core/kube/managed_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <set>

namespace davy::kube {
namespace json = boost::json;
namespace {

constexpr std::array<std::string_view, 3> hash_labels{"pod-template-hash", "rollouts-pod-template-hash",
                                                      "controller-revision-hash"};

std::string_view hash_label(WorkloadKind kind) {
  switch (kind) {
    case WorkloadKind::deployment: return hash_labels[0];
    case WorkloadKind::rollout: return hash_labels[1];
    default: return hash_labels[2];
  }
}

std::string_view revision_annotation(WorkloadKind kind) {
  return kind == WorkloadKind::rollout ? "rollout.argoproj.io/revision" : "deployment.kubernetes.io/revision";
}

bool has_replica_sets(WorkloadKind kind) {
  return kind == WorkloadKind::deployment || kind == WorkloadKind::rollout;
}

std::string owner_of(const json::object& object) {
  for (const json::value& owner : array_at(object, {"metadata", "ownerReferences"})) {
    if (owner.is_object() && true_at(owner.get_object(), {"controller"}))
      return text_at(owner.get_object(), {"uid"});
  }
  return {};
}

std::int64_t number_in(const std::map<std::string, std::string>& annotations, std::string_view key) {
  const auto found = annotations.find(std::string(key));
  std::int64_t number = 0;
  if (found != annotations.end())
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), number);
  return number;
}

// A LabelSelector as the text that a query takes.
std::string selector_text(const json::object& selector) {
  std::vector<std::string> terms;
  for (const auto& [key, value] : texts_at(selector, {"matchLabels"})) terms.push_back(key + "=" + value);
  for (const json::value& entry : array_at(selector, {"matchExpressions"})) {
    if (!entry.is_object()) continue;
    const json::object& term = entry.get_object();
    const std::string key = text_at(term, {"key"}), op = text_at(term, {"operator"});
    std::string values;
    for (const json::value& value : array_at(term, {"values"})) {
      if (value.is_string()) values += (values.empty() ? "" : ",") + std::string(value.get_string());
    }
    if (op == "In") terms.push_back(fmt::format("{} in ({})", key, values));
    if (op == "NotIn") terms.push_back(fmt::format("{} notin ({})", key, values));
    if (op == "Exists") terms.push_back(key);
    if (op == "DoesNotExist") terms.push_back("!" + key);
  }
  std::string text;
  for (const std::string& term : terms) text += (text.empty() ? "" : ",") + term;
  return text;
}

void read_container_status(const json::object& status, Pod& pod) {
  pod.restarts += count_at(status, {"restartCount"});
  const std::string waiting = text_at(status, {"state", "waiting", "reason"});
  const std::string ended = text_at(status, {"state", "terminated", "reason"});
  const std::string ended_before = text_at(status, {"lastState", "terminated", "reason"});
  if (ended == "OOMKilled" || ended_before == "OOMKilled") ++pod.out_of_memory;
  if (pod.trouble.empty() &&
      (waiting.ends_with("BackOff") || waiting.starts_with("Err") || waiting == "CreateContainerError" ||
       waiting == "CreateContainerConfigError" || waiting == "InvalidImageName")) {
    pod.trouble = waiting;
  }
  if (pod.trouble.empty() && ended == "OOMKilled") pod.trouble = ended;
}

}  // namespace

std::string_view to_text(WorkloadKind kind) {
  switch (kind) {
    case WorkloadKind::deployment: return "deployment";
    case WorkloadKind::stateful_set: return "statefulset";
    case WorkloadKind::daemon_set: return "daemonset";
    case WorkloadKind::rollout: return "rollout";
  }
  return "deployment";
}

std::string WorkloadRef::to_text() const {
  return fmt::format("{} {}/{}", kube::to_text(kind), name_space, name);
}

Result<Workload> read_workload(WorkloadKind kind, const json::object& object) {
  Workload workload;
  workload.ref = {kind, text_at(object, {"metadata", "namespace"}), text_at(object, {"metadata", "name"})};
  workload.uid = text_at(object, {"metadata", "uid"});
  if (workload.uid.empty()) return Error(ErrorKind::malformed, "a workload without metadata.uid");
  workload.resource_version = text_at(object, {"metadata", "resourceVersion"});
  workload.generation = count_at(object, {"metadata", "generation"});
  workload.observed_generation = count_at(object, {"status", "observedGeneration"});
  workload.paused = true_at(object, {"spec", "paused"});
  workload.replicas = count_at(object, {"spec", "replicas"}, 1);
  workload.updated = count_at(object, {"status", "updatedReplicas"});
  workload.available = count_at(object, {"status", "availableReplicas"});
  workload.total = count_at(object, {"status", "replicas"});
  workload.labels = texts_at(object, {"metadata", "labels"});
  workload.annotations = texts_at(object, {"metadata", "annotations"});
  workload.selector = selector_text(object_at(object, {"spec", "selector"}));
  workload.pod_template = object_at(object, {"spec", "template"});
  workload.field_managers = spec_writers(object);
  if (kind == WorkloadKind::daemon_set) {
    workload.replicas = count_at(object, {"status", "desiredNumberScheduled"});
    workload.updated = count_at(object, {"status", "updatedNumberScheduled"});
    workload.available = count_at(object, {"status", "numberAvailable"});
    workload.total = count_at(object, {"status", "currentNumberScheduled"});
  }
  if (kind == WorkloadKind::stateful_set) {
    workload.current_hash = text_at(object, {"status", "updateRevision"});
    workload.stable_hash = text_at(object, {"status", "currentRevision"});
  }
  if (kind == WorkloadKind::rollout) {
    workload.current_hash = text_at(object, {"status", "currentPodHash"});
    workload.stable_hash = text_at(object, {"status", "stableRS"});
    workload.aborted = true_at(object, {"status", "abort"});
    workload.promote_full = true_at(object, {"status", "promoteFull"});
    workload.active_hash = text_at(object, {"status", "blueGreen", "activeSelector"});
    workload.template_elsewhere = text_at(object, {"spec", "workloadRef", "name"});
    if (find(object, {"status", "canary", "weights"}) != nullptr)
      workload.canary_weight = count_at(object, {"status", "canary", "weights", "canary", "weight"});
    workload.phase = text_at(object, {"status", "phase"});
    workload.message = text_at(object, {"status", "message"});
    // Argo writes its observed generation as text.
    const std::string observed = text_at(object, {"status", "observedGeneration"});
    std::from_chars(observed.data(), observed.data() + observed.size(), workload.observed_generation);
  }
  return workload;
}

Revision read_revision(WorkloadKind kind, const json::object& object) {
  Revision revision;
  revision.name = text_at(object, {"metadata", "name"});
  revision.uid = text_at(object, {"metadata", "uid"});
  revision.owner_uid = owner_of(object);
  revision.created = text_at(object, {"metadata", "creationTimestamp"});
  revision.annotations = texts_at(object, {"metadata", "annotations"});
  if (has_replica_sets(kind)) {
    revision.number = number_in(revision.annotations, revision_annotation(kind));
    revision.hash = text_at(object, {"metadata", "labels", hash_label(kind)});
    revision.replicas = count_at(object, {"status", "replicas"});
    revision.ready = count_at(object, {"status", "readyReplicas"});
    revision.pod_template = without_hash_label(object_at(object, {"spec", "template"}));
  } else {
    revision.number = count_at(object, {"revision"});
    // Pods of a StatefulSet carry the revision's name, those of a DaemonSet its hash.
    revision.hash = kind == WorkloadKind::stateful_set
                        ? revision.name
                        : text_at(object, {"metadata", "labels", hash_label(kind)});
    revision.pod_template = object_at(object, {"data", "spec", "template"});
    revision.pod_template.erase("$patch");
  }
  return revision;
}

Pod read_pod(const json::object& object) {
  Pod pod;
  pod.name = text_at(object, {"metadata", "name"});
  pod.uid = text_at(object, {"metadata", "uid"});
  pod.ip = text_at(object, {"status", "podIP"});
  pod.owner_uid = owner_of(object);
  pod.labels = texts_at(object, {"metadata", "labels"});
  pod.annotations = texts_at(object, {"metadata", "annotations"});
  pod.created = text_at(object, {"metadata", "creationTimestamp"});
  const std::string phase = text_at(object, {"status", "phase"});
  pod.ending = !text_at(object, {"metadata", "deletionTimestamp"}).empty() || phase == "Succeeded" ||
               phase == "Failed";
  for (const json::value& condition : array_at(object, {"status", "conditions"})) {
    if (!condition.is_object() || text_at(condition.get_object(), {"type"}) != "Ready") continue;
    pod.ready = text_at(condition.get_object(), {"status"}) == "True";
  }
  std::set<std::string> not_the_application{"davy"};
  for (const char* list : {"containers", "initContainers"}) {
    for (const json::value& container : array_at(object, {"spec", list})) {
      if (!container.is_object()) continue;
      if (text_at(container.get_object(), {"restartPolicy"}) == "Always")
        not_the_application.insert(text_at(container.get_object(), {"name"}));
      for (const json::value& port : array_at(container.get_object(), {"ports"})) {
        if (!port.is_object()) continue;
        pod.ports.emplace_back(text_at(port.get_object(), {"name"}),
                               static_cast<int>(count_at(port.get_object(), {"containerPort"})));
      }
    }
  }
  for (const char* list : {"containerStatuses", "initContainerStatuses"}) {
    for (const json::value& status : array_at(object, {"status", list})) {
      if (!status.is_object()) continue;
      const std::string name = text_at(status.get_object(), {"name"});
      if (!not_the_application.contains(name)) read_container_status(status.get_object(), pod);
    }
  }
  return pod;
}

std::vector<Revision> owned(const Workload& workload, std::vector<Revision> revisions) {
  std::erase_if(revisions, [&](const Revision& r) { return r.owner_uid != workload.uid; });
  std::sort(revisions.begin(), revisions.end(),
            [](const Revision& a, const Revision& b) { return a.number < b.number; });
  return revisions;
}

RevisionPair newest(const Workload& workload, const std::vector<Revision>& revisions) {
  RevisionPair pair;
  const auto with_hash = [&](const std::string& hash) -> const Revision* {
    for (const Revision& r : revisions) {
      if (!hash.empty() && r.hash == hash) return &r;
    }
    return nullptr;
  };
  switch (workload.ref.kind) {
    case WorkloadKind::rollout:
    case WorkloadKind::stateful_set: pair.current = with_hash(workload.current_hash); break;
    default:
      // By the template, not by the highest number: that would be the old one until the controller has caught
      // up.
      for (const Revision& r : revisions) {
        if (same_template(r.pod_template, workload.pod_template)) pair.current = &r;
      }
  }
  if (workload.ref.kind == WorkloadKind::rollout || workload.ref.kind == WorkloadKind::stateful_set) {
    const Revision* stable = with_hash(workload.stable_hash);
    if (stable != nullptr && stable != pair.current) pair.before = stable;
  }
  for (auto r = revisions.rbegin(); pair.before == nullptr && r != revisions.rend(); ++r) {
    if (&*r != pair.current) pair.before = &*r;
  }
  return pair;
}

json::object without_hash_label(json::object pod_template) {
  json::value* metadata = pod_template.if_contains("metadata");
  if (metadata == nullptr || !metadata->is_object()) return pod_template;
  json::value* labels = metadata->get_object().if_contains("labels");
  if (labels == nullptr || !labels->is_object()) return pod_template;
  for (const std::string_view label : hash_labels) labels->get_object().erase(label);
  return pod_template;
}

bool same_template(const json::object& a, const json::object& b) {
  const auto plain = [](const json::object& pod_template) {
    json::object out = without_hash_label(pod_template);
    // "creationTimestamp": null comes and goes with the server's version.
    if (json::value* metadata = out.if_contains("metadata"); metadata != nullptr && metadata->is_object())
      metadata->get_object().erase("creationTimestamp");
    return out;
  };
  return plain(a) == plain(b);
}

std::string hash_of(const Pod& pod, const Workload& workload, const std::vector<Revision>& revisions) {
  if (has_replica_sets(workload.ref.kind)) {
    for (const Revision& revision : revisions) {
      if (revision.uid == pod.owner_uid) return revision.hash;
    }
    return {};
  }
  if (pod.owner_uid != workload.uid) return {};
  const auto label = pod.labels.find(std::string(hash_label(workload.ref.kind)));
  return label == pod.labels.end() ? std::string() : label->second;
}

std::string gitops_owner(const std::map<std::string, std::string>& labels,
                         const std::map<std::string, std::string>& annotations,
                         const std::vector<std::string>& field_managers) {
  const auto at = [](const std::map<std::string, std::string>& map, const char* key) {
    const auto found = map.find(key);
    return found == map.end() ? std::string() : found->second;
  };
  // Argo CD: APP:GROUP/KIND:NAMESPACE/NAME, or the label where tracking is by label.
  if (const std::string id = at(annotations, "argocd.argoproj.io/tracking-id"); !id.empty())
    return "Argo CD application " + id.substr(0, id.find(':'));
  if (const std::string name = at(labels, "argocd.argoproj.io/instance"); !name.empty())
    return "Argo CD application " + name;
  if (const std::string name = at(labels, "kustomize.toolkit.fluxcd.io/name"); !name.empty())
    return fmt::format("Flux kustomization {}/{}", at(labels, "kustomize.toolkit.fluxcd.io/namespace"), name);
  if (const std::string name = at(labels, "helm.toolkit.fluxcd.io/name"); !name.empty())
    return fmt::format("Flux helm release {}/{}", at(labels, "helm.toolkit.fluxcd.io/namespace"), name);
  for (const std::string& manager : field_managers) {
    if (manager.starts_with("argocd")) return "Argo CD (" + manager + ")";
    if (manager == "kustomize-controller" || manager == "helm-controller") return "Flux (" + manager + ")";
  }
  return {};
}

}  // namespace davy::kube
