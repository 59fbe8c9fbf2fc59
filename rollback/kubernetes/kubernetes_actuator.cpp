#include "rollback/kubernetes/kubernetes_actuator.hpp"

#include "core/base/text.hpp"
#include "core/kube/kube_client.hpp"
#include "rollback/kubernetes/kubernetes_options.hpp"
#include "rollback/kubernetes/marks.hpp"
#include "rollback/kubernetes/undo_plan.hpp"
#include "rollback/kubernetes/workload_handle.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::rollback {
namespace asio = boost::asio;
namespace json = boost::json;
using kube::KubeClient;
using kube::PatchKind;
using kube::Revision;
using kube::Workload;
namespace {

class KubernetesActuator final : public Actuator {
 public:
  KubernetesActuator(KubernetesOptions options, std::shared_ptr<KubeClient> client)
      : options_(std::move(options)), workload_(options_.workload, std::move(client), options_.timeout) {}

  std::string_view kind() const override { return "kubernetes"; }
  asio::awaitable<Result<Arming>> arm(const Action& action, bool may_mark) override;
  asio::awaitable<Result<DeployState>> observe(const Action* action) override;
  Result<ActionPreview> preview(const Action& action) const override;
  asio::awaitable<Result<ActionOutcome>> apply(const Action& action) override;
  asio::awaitable<Result<std::string>> pace(const Action& action) override;
  asio::awaitable<Result<std::string>> stand_down(const Action& action, bool passed) override;

 private:
  Result<PlannedPatch> plan(const WorkloadView& seen, const Action& action) const;
  Result<json::array> change(const WorkloadView& seen, const Action& action, std::string& what) const;
  json::array switch_pause(const WorkloadView& seen, bool paused, const Action& action) const;
  asio::awaitable<Result<std::string>> unpause(const WorkloadView& seen, const Action& action, bool good);
  bool took_effect(const WorkloadView& seen, const Action& action) const;
  PlanFor planner() const {
    return [this](const WorkloadView& seen, const Action& action) { return plan(seen, action); };
  }

  KubernetesOptions options_;
  WorkloadHandle workload_;
};

asio::awaitable<Result<Arming>> KubernetesActuator::arm(const Action& action, bool may_mark) {
  ArmingNeeds needs;
  needs.permissions = workload_.permissions_to_patch();
  needs.mark_judging = may_mark && options_.what == KubernetesOptions::Do::undo;
  const PlanFor planned = planner();
  co_return co_await workload_.arm(action, std::move(needs), planned);
}

asio::awaitable<Result<DeployState>> KubernetesActuator::observe(const Action* action) {
  DeployState state;
  const auto seen = co_await workload_.look(action != nullptr ? workload_.soon(*action) : workload_.soon());
  if (!seen) {
    const Error why = seen.error();
    if (why.kind() != ErrorKind::not_found) co_return why;
    state.summary = workload_.name() + " is gone";
    state.canary_serving = false;
    co_return state;
  }
  const Workload& workload = seen->workload;
  const Revision* current = seen->current();
  const bool settled = workload.observed_generation >= workload.generation;
  state.summary =
      fmt::format("{}: {} of {} pods of revision {} available{}{}", workload.ref.to_text(),
                  workload.available, workload.replicas, current != nullptr ? current->hash : "?",
                  workload.paused ? ", paused" : "", settled ? "" : ", its controller has not caught up");
  state.applied_action = mark_at(workload.annotations, "davy/decision");
  if (action == nullptr) co_return state;
  const Judged judged = workload_.judged(*action);
  if (options_.what == KubernetesOptions::Do::scale) state.canary_serving = !settled || workload.total > 0;
  if (options_.what == KubernetesOptions::Do::undo && !judged.hash.empty()) {
    const Revision* judged_revision = seen->revision(judged.hash);
    const bool current_is_judged = current != nullptr && current->hash == judged.hash;
    // Gone, and its successor complete: a rollback whose old pods never come up is not one that worked.
    const bool complete =
        settled && workload.updated >= workload.replicas && workload.available >= workload.replicas;
    const bool serving = judged_revision != nullptr && judged_revision->replicas > 0;
    const bool has_replicas = options_.workload.kind == kube::WorkloadKind::deployment;
    state.canary_serving = current_is_judged || (has_replicas && serving) || !complete;
    if (current_is_judged && !action->id.empty() && state.applied_action == action->id) {
      const std::string owner =
          kube::gitops_owner(workload.labels, workload.annotations, workload.field_managers);
      state.undone_by = !owner.empty()                    ? owner
                        : workload.field_managers.empty() ? "somebody"
                                                          : workload.field_managers.front();
    }
  }
  co_return state;
}

Result<ActionPreview> KubernetesActuator::preview(const Action& action) const {
  const std::string name = workload_.name();
  switch (options_.what) {
    case KubernetesOptions::Do::undo:
      return ActionPreview{fmt::format("PATCH {}: undo {} to {}, if it is still on {}", workload_.path(),
                                       name, options_.undo_to, workload_.judged(action).hash)};
    case KubernetesOptions::Do::scale:
      return ActionPreview{
          fmt::format("PATCH {}: {} to {} replicas", workload_.path(), name, options_.replicas)};
    case KubernetesOptions::Do::pause:
      return ActionPreview{fmt::format("PATCH {}: pause {}", workload_.path(), name)};
    case KubernetesOptions::Do::resume:
      return ActionPreview{fmt::format("PATCH {}: resume {}", workload_.path(), name)};
  }
  return ActionPreview{name};
}

bool KubernetesActuator::took_effect(const WorkloadView& seen, const Action& action) const {
  if (mark_at(seen.workload.annotations, "davy/decision") != action.id) return false;
  if (options_.what != KubernetesOptions::Do::undo) return true;
  const Revision* current = seen.current();
  return current == nullptr || current->hash != workload_.judged(action).hash;
}

json::array KubernetesActuator::switch_pause(const WorkloadView& seen, bool paused,
                                             const Action& action) const {
  json::array patch;
  const Annotations& marks = seen.workload.annotations;
  if (seen.workload.paused == paused) return patch;
  add_operation(patch, "test", "/metadata/uid", json::value(seen.workload.uid));
  add_operation(patch, "test", "/spec/template", seen.workload.pod_template);
  add_operation(patch, "add", "/spec/paused", json::value(paused));
  if (!paused && !mark_at(marks, "davy/paced").empty())
    patch.push_back(json::object{{"op", "remove"}, {"path", annotation_path("davy/paced")}});
  annotate(patch, marks, "davy/decision", action.id);
  return patch;
}

// Empty: nothing is left to do.
Result<json::array> KubernetesActuator::change(const WorkloadView& seen, const Action& action,
                                               std::string& what) const {
  const Judged judged = workload_.judged(action);
  if (options_.what == KubernetesOptions::Do::undo) {
    auto undo = plan_undo(seen.workload, seen.revisions, judged, options_.undo_to, action.id);
    if (!undo) return undo.error();
    what = undo->what;
    return std::move(undo->patch);
  }
  const std::string name = workload_.name();
  if (judged.uid.empty())
    return Error(ErrorKind::unsupported, name + ": which of its revisions was judged is not known",
                 "not_armed");
  const Revision* current = seen.current();
  if (seen.workload.uid != judged.uid || (current != nullptr && current->hash != judged.hash))
    return Error(ErrorKind::conflict, name + " has moved on since it was judged: left alone", "superseded");
  if (options_.what != KubernetesOptions::Do::scale) {
    const bool pause = options_.what == KubernetesOptions::Do::pause;
    what = fmt::format("{} {}", pause ? "paused" : "resumed", name);
    return switch_pause(seen, pause, action);
  }
  what = fmt::format("scaled {} from {} to {}", name, seen.workload.replicas, options_.replicas);
  json::array patch;
  if (seen.workload.replicas == options_.replicas) return patch;
  add_operation(patch, "test", "/metadata/uid", json::value(seen.workload.uid));
  add_operation(patch, "test", "/spec/template", seen.workload.pod_template);
  add_operation(patch, "add", "/spec/replicas", json::value(options_.replicas));
  annotate(patch, seen.workload.annotations, "davy/decision", action.id);
  return patch;
}

Result<PlannedPatch> KubernetesActuator::plan(const WorkloadView& seen, const Action& action) const {
  PlannedPatch planned;
  planned.path = workload_.path();
  if (took_effect(seen, action)) {
    planned.done = true;
    planned.what = "done before, by this same action";
    return planned;
  }
  auto patch = change(seen, action, planned.what);
  if (!patch) return patch.error();
  planned.done = patch->empty();
  if (planned.done) planned.what += ": it was so already";
  planned.patch = std::move(*patch);
  return planned;
}

asio::awaitable<Result<ActionOutcome>> KubernetesActuator::apply(const Action& action) {
  const PlanFor planned = planner();
  std::string asked = preview(action)->what;
  co_return co_await workload_.apply(action, std::move(asked), planned);
}

asio::awaitable<Result<std::string>> KubernetesActuator::pace(const Action& action) {
  if (!options_.pace) co_return std::string();
  const auto seen = co_await workload_.look(workload_.soon(action));
  if (!seen) co_return seen.error();
  const Workload& workload = seen->workload;
  const Judged judged = workload_.judged(action);
  if (workload.uid != judged.uid) co_return std::string();
  const Revision* current = seen->current();
  const bool is_judged = current != nullptr && current->hash == judged.hash;
  const bool paced = workload.paused && mark_at(workload.annotations, "davy/paced") == action.release;
  // A newer template waits behind the pause, and a paused deployment never makes its pods.
  if (paced && !is_judged) co_return co_await unpause(*seen, action, false);
  const bool both_serve = is_judged && current->ready > 0 && workload.total > workload.updated;
  if (workload.paused || !both_serve) co_return std::string();
  json::array patch;
  add_operation(patch, "test", "/metadata/uid", json::value(workload.uid));
  add_operation(patch, "test", "/spec/template", workload.pod_template);
  add_operation(patch, "add", "/spec/paused", json::value(true));
  annotate(patch, workload.annotations, "davy/paced", action.release);
  const auto answer = co_await workload_.client().patch(workload_.path(), PatchKind::json, std::move(patch),
                                                        workload_.soon(action));
  if (!answer) {
    const Error why = answer.error();
    if (why.kind() == ErrorKind::conflict) co_return std::string();  // the next round looks again
    co_return why;
  }
  co_return fmt::format("{} is paused with {} of {} new pods ready, until the verdict",
                        workload.ref.to_text(), current->ready, workload.replicas);
}

asio::awaitable<Result<std::string>> KubernetesActuator::stand_down(const Action& action, bool passed) {
  if (options_.what != KubernetesOptions::Do::undo) co_return std::string();
  const auto seen = co_await workload_.look(workload_.soon(action));
  if (!seen) co_return seen.error();
  const Judged judged = workload_.judged(action);
  if (seen->workload.uid != judged.uid) co_return std::string();
  const Revision* current = seen->current();
  co_return co_await unpause(*seen, action, passed && current != nullptr && current->hash == judged.hash);
}

// Takes our own pause back, and notes the judged revision as good; does what there is to do of the two.
asio::awaitable<Result<std::string>> KubernetesActuator::unpause(const WorkloadView& seen,
                                                                 const Action& action, bool good) {
  const Workload& workload = seen.workload;
  const bool paced = workload.paused && mark_at(workload.annotations, "davy/paced") == action.release;
  if (!paced && !good) co_return std::string();
  json::array patch;
  add_operation(patch, "test", "/metadata/uid", json::value(workload.uid));
  add_operation(patch, "test", "/spec/template", workload.pod_template);
  std::vector<std::string> done;
  if (paced) {
    add_operation(patch, "replace", "/spec/paused", json::value(false));
    patch.push_back(json::object{{"op", "remove"}, {"path", annotation_path("davy/paced")}});
    done.push_back(workload.ref.to_text() + " goes on with its rolling update");
  }
  if (good) {
    const std::string hash = workload_.judged(action).hash;
    annotate(patch, workload.annotations, "davy/good", with_hash(workload.annotations, "davy/good", hash));
    done.push_back("revision " + hash + " is remembered as good");
  }
  const auto answer = co_await workload_.client().patch(workload_.path(), PatchKind::json, std::move(patch),
                                                        workload_.soon(action));
  if (!answer) co_return answer.error();
  co_return join_spoken(done);
}

}  // namespace

std::unique_ptr<Actuator> make_kubernetes_actuator(const config::Section& section,
                                                   const ActuatorParts& parts) {
  KubernetesOptions options = read_kubernetes_options(section);
  auto client = kube_client(section, parts);
  if (!client) return nullptr;
  return std::make_unique<KubernetesActuator>(std::move(options), std::move(client));
}

}  // namespace davy::rollback
