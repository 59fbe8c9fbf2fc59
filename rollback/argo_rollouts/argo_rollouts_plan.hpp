#pragma once

// The one patch that an action on a Rollout is, for what is there now. Pure.
//
// Abort, retry and promote are fields of the status, which the controller writes all the time: their merge
// patches carry the resourceVersion that was read, so that whoever deploys in between is noticed. What has
// its place in the spec is a JSON patch that tests what was judged. A status has no annotations: an abort is
// known by the Rollout being aborted on the judged revision, everything else by davy/decision.

#include "rollback/argo_rollouts/argo_rollouts_options.hpp"
#include "rollback/kubernetes/workload_handle.hpp"

namespace davy::rollback {

// Errors: those of still_judged() and plan_undo(); unsupported (promoted: an abort has no effect any more;
// paused; aborted: by somebody else, who is not overruled by a promotion).
Result<PlannedPatch> plan_argo_rollouts(const ArgoRolloutsOptions& options, const WorkloadView& view,
                                        const Action& action, const std::string& path);

// Does the judged revision still get traffic, as far as the Rollout knows?
bool serves(const WorkloadView& view, const std::string& judged_hash);

// The judged revision is the stable one: the controller ignores an abort, and takes its mark back.
bool is_promoted(const kube::Workload& rollout);

}  // namespace davy::rollback
