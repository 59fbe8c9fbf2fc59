#include "rollback/argo_rollouts/argo_rollouts_options.hpp"

#include "rollback/kubernetes/kubernetes_options.hpp"

namespace davy::rollback {

ArgoRolloutsOptions read_argo_rollouts_options(const config::Section& in) {
  using Do = ArgoRolloutsOptions::Do;
  ArgoRolloutsOptions options;
  options.rollout =
      read_workload_ref(in, kube::WorkloadKind::rollout, "rollout", in.required_text("rollout"));
  options.what = in.choice<Do>("do", {{"abort", Do::abort},
                                      {"retry", Do::retry},
                                      {"promote", Do::promote},
                                      {"pause", Do::pause},
                                      {"undo", Do::undo}})
                     .value_or(Do::abort);
  if (const auto to = read_undo_to(in, "to")) {
    options.undo_to = *to;
    if (options.what != Do::undo)
      in.problem_at_key("to", "only an undo goes to a revision", "write do: undo");
  }
  options.timeout = in.duration("timeout").value_or(std::chrono::seconds(10));
  in.finish();
  return options;
}

}  // namespace davy::rollback
