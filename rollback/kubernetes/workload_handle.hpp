#pragma once

// One workload, as every actuator that acts on one needs it: looked at with its revisions, armed for a
// release, and changed by a plan that is made for what is there now.

#include "core/kube/kube_client.hpp"
#include "core/kube/workload.hpp"
#include "rollback/actuator.hpp"
#include "rollback/kubernetes/judged.hpp"
#include "rollback/kubernetes/tested_patch.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace davy::rollback {

struct WorkloadView {
  kube::Workload workload;
  std::vector<kube::Revision> revisions;  // the workload's, oldest first

  const kube::Revision* revision(const std::string& hash) const;  // null: it keeps none of this hash
  const kube::Revision* current() const;  // the newest; null: not made yet, or not known yet
};

// What to do about this view; pure. Errors as Actuator::apply() gives them.
using PlanFor = std::function<Result<PlannedPatch>(const WorkloadView&, const Action&)>;

struct ArmingNeeds {
  std::vector<kube::Permission> permissions;
  bool mark_judging = false;  // note on the workload what is judged, and that what served before is good
};

class WorkloadHandle {
 public:
  WorkloadHandle(kube::WorkloadRef ref, std::shared_ptr<kube::KubeClient> client, Duration timeout);

  const kube::WorkloadRef& ref() const { return ref_; }
  const std::string& path() const { return path_; }
  std::string name() const { return ref_.to_text(); }
  kube::KubeClient& client() const { return *client_; }
  net::Deadline soon() const { return net::Deadline::after(timeout_); }
  net::Deadline soon(const Action& action) const { return soon().or_sooner(action.deadline); }
  Judged judged(const Action& action) const { return judged_in(action, ref_); }

  boost::asio::awaitable<Result<WorkloadView>> look(net::Deadline deadline) const;
  // Pins what is judged, and finds out what would stand in the way: permissions, owners who would undo it,
  // and by a dry run of the plan what only the server knows, like an admission webhook.
  boost::asio::awaitable<Result<Arming>> arm(const Action& action, ArmingNeeds needs,
                                             const PlanFor& plan) const;
  boost::asio::awaitable<Result<ActionOutcome>> apply(const Action& action, std::string asked,
                                                      const PlanFor& plan) const;
  std::vector<kube::Permission> permissions_to_patch() const;  // and to list its revisions

 private:
  boost::asio::awaitable<void> mark_judging(const WorkloadView& view, std::string hash, Arming& arming) const;

  kube::WorkloadRef ref_;
  std::shared_ptr<kube::KubeClient> client_;
  Duration timeout_;
  std::string path_;
};

}  // namespace davy::rollback
