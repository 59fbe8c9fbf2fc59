#include "rollback/kubernetes/kubernetes_options.hpp"

#include <array>
#include <fmt/format.h>

namespace davy::rollback {
using kube::WorkloadKind;

kube::WorkloadRef read_workload_ref(const config::Section& in, WorkloadKind kind, std::string_view key,
                                    const std::string& text) {
  const std::size_t slash = text.find('/');
  kube::WorkloadRef ref{kind, "", text};
  if (slash != std::string::npos) ref = {kind, text.substr(0, slash), text.substr(slash + 1)};
  const bool named = !ref.name.empty() && ref.name.find('/') == std::string::npos && slash != 0;
  if (!named && in.has(key)) in.problem(key, fmt::format("'{}' is no {}", text, key), "write namespace/name");
  return ref;
}

std::optional<std::string> read_undo_to(const config::Section& in, std::string_view key) {
  const auto to = in.text(key);
  if (!to) return to;
  const bool number = to->find_first_not_of("0123456789") == std::string::npos;
  if (!number && *to != "last_good" && *to != "previous")
    in.problem(key, fmt::format("'{}' is no revision to go back to", *to),
               "write last_good, previous or a number");
  return to;
}

KubernetesOptions read_kubernetes_options(const config::Section& in) {
  KubernetesOptions options;
  int workloads = 0;
  for (const WorkloadKind kind :
       {WorkloadKind::deployment, WorkloadKind::stateful_set, WorkloadKind::daemon_set}) {
    const auto name = in.text(kube::to_text(kind));
    if (!name) continue;
    ++workloads;
    options.workload = read_workload_ref(in, kind, kube::to_text(kind), *name);
  }
  if (workloads != 1)
    in.problem_here("kubernetes needs exactly one of deployment, statefulset and daemonset",
                    "write deployment: namespace/name");
  int things = 0;
  if (const auto undo = read_undo_to(in, "undo")) {
    ++things;
    options.undo_to = *undo;
  }
  if (const auto replicas = in.count("scale", 0, 10'000)) {
    ++things;
    options.what = KubernetesOptions::Do::scale;
    options.replicas = *replicas;
  }
  for (const auto& [key, what] : {std::pair("pause", KubernetesOptions::Do::pause),
                                  std::pair("resume", KubernetesOptions::Do::resume)}) {
    if (!in.has(key)) continue;
    ++things;
    options.what = what;
    if (in.boolean(key) == false)
      in.problem(key, fmt::format("{}: false does nothing", key), "leave it out, or write true");
  }
  if (things == 0) options.undo_to = "last_good";
  if (things > 1)
    in.problem_here("undo, scale, pause and resume exclude each other", "make two actions of it");
  const bool deployment = options.workload.kind == WorkloadKind::deployment;
  if (!deployment &&
      (options.what == KubernetesOptions::Do::pause || options.what == KubernetesOptions::Do::resume))
    in.problem_here("only a deployment can be paused");
  if (!deployment && options.what == KubernetesOptions::Do::scale &&
      options.workload.kind == WorkloadKind::daemon_set)
    in.problem_here("a daemonset has no number of replicas");
  options.pace = in.boolean("pace").value_or(false);
  if (options.pace && (!deployment || options.what != KubernetesOptions::Do::undo))
    in.problem("pace",
               "pace holds back a deployment's rolling update until the verdict, and belongs to its undo");
  options.timeout = in.duration("timeout").value_or(std::chrono::seconds(10));
  in.finish();
  return options;
}

}  // namespace davy::rollback
