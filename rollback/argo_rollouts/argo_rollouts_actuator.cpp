#include "rollback/argo_rollouts/argo_rollouts_actuator.hpp"

#include "rollback/argo_rollouts/argo_rollouts_options.hpp"
#include "rollback/argo_rollouts/argo_rollouts_plan.hpp"
#include "rollback/kubernetes/marks.hpp"
#include "rollback/kubernetes/workload_handle.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::rollback {
namespace asio = boost::asio;
namespace json = boost::json;
using Do = ArgoRolloutsOptions::Do;
namespace {

std::string_view to_text(Do what) {
  switch (what) {
    case Do::abort: return "abort";
    case Do::retry: return "retry";
    case Do::promote: return "promote";
    case Do::pause: return "pause";
    case Do::undo: return "undo";
  }
  return "abort";
}

class ArgoRolloutsActuator final : public Actuator {
 public:
  ArgoRolloutsActuator(ArgoRolloutsOptions options, std::shared_ptr<kube::KubeClient> client)
      : options_(std::move(options)), rollout_(options_.rollout, std::move(client), options_.timeout) {
    options_.rollout = rollout_.ref();  // its namespace is known now
  }

  std::string_view kind() const override { return "argo_rollouts"; }
  asio::awaitable<Result<Arming>> arm(const Action& action, bool may_mark) override;
  asio::awaitable<Result<DeployState>> observe(const Action* action) override;
  Result<ActionPreview> preview(const Action& action) const override;
  asio::awaitable<Result<ActionOutcome>> apply(const Action& action) override;
  asio::awaitable<Result<std::string>> stand_down(const Action& action, bool passed) override;

 private:
  std::string undoer(const WorkloadView& seen, const Action& action) const;
  PlanFor planner() const {
    return [this](const WorkloadView& seen, const Action& action) {
      return plan_argo_rollouts(options_, seen, action, rollout_.path());
    };
  }

  ArgoRolloutsOptions options_;
  WorkloadHandle rollout_;
};

asio::awaitable<Result<Arming>> ArgoRolloutsActuator::arm(const Action& action, bool may_mark) {
  ArmingNeeds needs;
  const bool by_spec = options_.what == Do::undo || options_.what == Do::pause;
  if (by_spec) needs.permissions = rollout_.permissions_to_patch();
  if (options_.what != Do::pause)
    needs.permissions.push_back(
        {"patch", "argoproj.io", "rollouts", "status", options_.rollout.name_space, options_.rollout.name});
  needs.mark_judging = may_mark && options_.what == Do::undo;
  const PlanFor planned = planner();
  co_return co_await rollout_.arm(action, std::move(needs), planned);
}

asio::awaitable<Result<DeployState>> ArgoRolloutsActuator::observe(const Action* action) {
  DeployState state;
  const auto seen = co_await rollout_.look(action != nullptr ? rollout_.soon(*action) : rollout_.soon());
  if (!seen) {
    const Error why = seen.error();
    if (why.kind() != ErrorKind::not_found || why.cause() == "no_such_api") co_return why;
    state.summary = rollout_.name() + " is gone";
    state.canary_serving = false;
    co_return state;
  }
  const kube::Workload& rollout = seen->workload;
  const bool settled = !is_behind(rollout);
  state.summary =
      fmt::format("{}: {}{}, {} of {} pods available, revision {} with {} stable{}", rollout_.name(),
                  rollout.phase.empty() ? "no phase" : rollout.phase, rollout.aborted ? " (aborted)" : "",
                  rollout.available, rollout.replicas, rollout.current_hash, rollout.stable_hash,
                  settled ? "" : ", its controller has not caught up");
  state.applied_action = mark_at(rollout.annotations, "davy/decision");
  if (action == nullptr) co_return state;
  const std::string judged = rollout_.judged(*action).hash;
  if (judged.empty()) co_return state;
  // A rollback whose old pods never come up is not one that worked.
  const bool complete = settled && rollout.available >= rollout.replicas;
  state.canary_serving = serves(*seen, judged) || !complete;
  state.undone_by = undoer(*seen, *action);
  co_return state;
}

std::string ArgoRolloutsActuator::undoer(const WorkloadView& seen, const Action& action) const {
  const kube::Workload& rollout = seen.workload;
  if (is_behind(rollout) || rollout.current_hash != rollout_.judged(action).hash) return {};
  if (options_.what == Do::abort && !rollout.aborted)
    return is_promoted(rollout) ? "a promotion" : "somebody's retry";
  if (options_.what != Do::undo || mark_at(rollout.annotations, "davy/decision") != action.id) return {};
  const std::string owner = kube::gitops_owner(rollout.labels, rollout.annotations, rollout.field_managers);
  if (!owner.empty()) return owner;
  return rollout.field_managers.empty() ? "somebody" : rollout.field_managers.front();
}

Result<ActionPreview> ArgoRolloutsActuator::preview(const Action& action) const {
  const bool by_status = options_.what != Do::undo && options_.what != Do::pause;
  const std::string to = options_.what == Do::undo ? " to " + options_.undo_to : "";
  return ActionPreview{fmt::format("PATCH {}{}: {} {}{}, if it is still on {}", rollout_.path(),
                                   by_status ? "/status" : "", to_text(options_.what), rollout_.name(), to,
                                   rollout_.judged(action).hash)};
}

asio::awaitable<Result<ActionOutcome>> ArgoRolloutsActuator::apply(const Action& action) {
  const PlanFor planned = planner();
  std::string asked = preview(action)->what;
  co_return co_await rollout_.apply(action, std::move(asked), planned);
}

asio::awaitable<Result<std::string>> ArgoRolloutsActuator::stand_down(const Action& action, bool passed) {
  if (options_.what != Do::undo || !passed) co_return std::string();
  const auto seen = co_await rollout_.look(rollout_.soon(action));
  if (!seen) co_return seen.error();
  const kube::Workload& rollout = seen->workload;
  if (!still_judged(rollout, seen->revisions, rollout_.judged(action))) co_return std::string();
  const std::string hash = rollout_.judged(action).hash;
  json::array patch;
  add_operation(patch, "test", "/metadata/uid", json::value(rollout.uid));
  annotate(patch, rollout.annotations, "davy/good", with_hash(rollout.annotations, "davy/good", hash));
  const auto answer = co_await rollout_.client().patch(rollout_.path(), kube::PatchKind::json,
                                                       std::move(patch), rollout_.soon(action));
  if (!answer) co_return answer.error();
  co_return "revision " + hash + " is remembered as good";
}

}  // namespace

std::unique_ptr<Actuator> make_argo_rollouts_actuator(const config::Section& section,
                                                      const ActuatorParts& parts) {
  ArgoRolloutsOptions options = read_argo_rollouts_options(section);
  auto client = kube_client(section, parts);
  if (!client) return nullptr;
  return std::make_unique<ArgoRolloutsActuator>(std::move(options), std::move(client));
}

}  // namespace davy::rollback
