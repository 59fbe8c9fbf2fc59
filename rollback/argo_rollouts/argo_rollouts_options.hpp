#pragma once

// The options of `- argo_rollouts:`, which names a Rollout and one thing to do with it.
//
//   {rollout: shop/checkout}                             abort: traffic and pods go back to the stable
//   version {rollout: shop/checkout, do: undo, to: last_good}    also previous, or a revision's number
//   {rollout: shop/checkout, do: promote}                also pause, retry

#include "config/section.hpp"
#include "core/kube/workload.hpp"

#include <string>

namespace davy::rollback {

struct ArgoRolloutsOptions {
  enum class Do { abort, retry, promote, pause, undo } what = Do::abort;
  kube::WorkloadRef rollout;  // its namespace may be empty: that of the credentials
  std::string undo_to = "last_good";
  Duration timeout{};  // of one call
};

// Problems go to the section.
ArgoRolloutsOptions read_argo_rollouts_options(const config::Section& in);

}  // namespace davy::rollback
