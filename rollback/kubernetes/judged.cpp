#include "rollback/kubernetes/judged.hpp"

#include <fmt/format.h>

namespace davy::rollback {

std::string fact(const Action& action, const std::string& key) {
  const auto found = action.facts.find(key);
  return found == action.facts.end() ? std::string() : found->second;
}

Judged judged_in(const Action& action, const kube::WorkloadRef& ref) {
  const std::string name = ref.to_text();
  Judged judged{fact(action, name + " uid"), fact(action, name + " hash")};
  if (judged.uid.empty() && fact(action, "kubernetes.workload") == name)
    judged = {fact(action, "kubernetes.uid"), fact(action, "kubernetes.hash")};
  return judged;
}

std::map<std::string, std::string> facts_of(const Judged& judged, const kube::WorkloadRef& ref) {
  const std::string name = ref.to_text();
  return {{name + " uid", judged.uid}, {name + " hash", judged.hash}};
}

bool is_behind(const kube::Workload& workload) {
  const bool by_status = workload.ref.kind == kube::WorkloadKind::rollout ||
                         workload.ref.kind == kube::WorkloadKind::stateful_set;
  return by_status && workload.observed_generation < workload.generation;
}

Error behind(const kube::Workload& workload) {
  return Error(
      ErrorKind::unavailable,
      workload.ref.to_text() + ": its controller has not caught up with its newest change; is it running?",
      "behind");
}

Result<const kube::Revision*> still_judged(const kube::Workload& workload,
                                           const std::vector<kube::Revision>& revisions,
                                           const Judged& judged) {
  const std::string name = workload.ref.to_text();
  if (judged.uid.empty() || judged.hash.empty())
    return Error(ErrorKind::unsupported, name + ": which of its revisions was judged is not known",
                 "not_armed");
  if (workload.uid != judged.uid)
    return Error(ErrorKind::conflict, name + " was deleted and made anew since it was judged", "superseded");
  if (is_behind(workload)) return behind(workload);
  const kube::Revision* current = kube::newest(workload, revisions).current;
  if (current == nullptr || current->hash != judged.hash) {
    return Error(
        ErrorKind::conflict,
        fmt::format("{} is on {} by now, and {} was judged: left alone", name,
                    current == nullptr ? "a newer template" : "revision " + current->hash, judged.hash),
        "superseded");
  }
  return current;
}

}  // namespace davy::rollback
