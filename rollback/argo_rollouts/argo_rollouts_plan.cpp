#include "rollback/argo_rollouts/argo_rollouts_plan.hpp"

#include "rollback/kubernetes/marks.hpp"
#include "rollback/kubernetes/undo_plan.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::rollback {
namespace json = boost::json;
using Do = ArgoRolloutsOptions::Do;
using kube::Workload;
namespace {

PlannedPatch already(std::string what) {
  PlannedPatch planned;
  planned.what = std::move(what);
  planned.done = true;
  return planned;
}

Error unsupported(std::string message, std::string cause) {
  return Error(ErrorKind::unsupported, std::move(message), std::move(cause));
}

// Before the status had a place of its own, it was patched with the rest.
PlannedPatch status_patch(const Workload& rollout, const std::string& path, const char* field, bool value,
                          std::string what) {
  PlannedPatch planned;
  planned.what = std::move(what);
  planned.path = path + "/status";
  planned.otherwise_path = path;
  planned.kind = kube::PatchKind::merge;
  planned.patch = json::object{{"metadata", {{"resourceVersion", rollout.resource_version}}},
                               {"status", {{field, value}}}};
  return planned;
}

PlannedPatch pause_patch(const Workload& rollout, const std::string& path, bool paused, const Action& action,
                         std::string what) {
  PlannedPatch planned;
  planned.what = std::move(what);
  planned.path = path;
  json::array patch;
  add_operation(patch, "test", "/metadata/uid", json::value(rollout.uid));
  if (rollout.template_elsewhere.empty())
    add_operation(patch, "test", "/spec/template", rollout.pod_template);
  add_operation(patch, "add", "/spec/paused", json::value(paused));
  annotate(patch, rollout.annotations, "davy/decision", action.id);
  planned.patch = std::move(patch);
  return planned;
}

Result<PlannedPatch> plan_abort(const Workload& rollout, const std::string& path) {
  const std::string name = rollout.ref.to_text();
  if (is_promoted(rollout))
    return unsupported(name + " is fully promoted, and an abort has no effect any more: use do: undo",
                       "promoted");
  if (rollout.aborted) return already(name + " is aborted already");
  if (rollout.paused)
    return unsupported(
        name + " is paused by somebody (spec.paused), and an abort has no effect until it is resumed",
        "paused");
  return status_patch(
      rollout, path, "abort", true,
      fmt::format("{}: aborted at revision {}, back to {}", name, rollout.current_hash, rollout.stable_hash));
}

Result<PlannedPatch> plan_promote(const Workload& rollout, const Action& action, const std::string& path) {
  const std::string name = rollout.ref.to_text();
  if (rollout.aborted)
    return unsupported(name + " has been aborted by somebody, which is not overruled", "aborted");
  if (rollout.paused) {
    PlannedPatch planned = pause_patch(rollout, path, false, action, name + ": resumed");
    planned.more = true;
    return planned;
  }
  if (is_promoted(rollout) || rollout.promote_full) return already(name + " is promoted already");
  return status_patch(
      rollout, path, "promoteFull", true,
      fmt::format("{}: revision {} is promoted without further steps", name, rollout.current_hash));
}

// The template is back; a Rollout would now take it through its steps like any other, and wait at their
// pauses while the bad version serves. Only the way back to its stable version is short by itself.
Result<PlannedPatch> finish_undo(const Workload& rollout, const std::string& restored,
                                 const std::string& path) {
  const std::string name = rollout.ref.to_text();
  if (is_promoted(rollout) || rollout.promote_full)
    return already(fmt::format("{}: back on revision {}", name, restored));
  return status_patch(rollout, path, "promoteFull", true,
                      fmt::format("{}: back on revision {}, without further steps", name, restored));
}

Result<PlannedPatch> plan_argo_undo(const ArgoRolloutsOptions& options, const WorkloadView& view,
                                    const Action& action, const std::string& path) {
  const Workload& rollout = view.workload;
  const Judged judged = judged_in(action, options.rollout);
  const std::string restored = mark_at(rollout.annotations, "davy/restored");
  if (mark_at(rollout.annotations, "davy/decision") == action.id && rollout.uid == judged.uid) {
    if (is_behind(rollout)) return behind(rollout);
    if (rollout.current_hash == restored) return finish_undo(rollout, restored, path);
  }
  auto undo = plan_undo(rollout, view.revisions, judged, options.undo_to, action.id);
  if (!undo) return undo.error();
  PlannedPatch planned;
  planned.what = undo->what;
  planned.path = path;
  planned.patch = std::move(undo->patch);
  planned.more = undo->target_hash != rollout.stable_hash;
  return planned;
}

}  // namespace

bool is_promoted(const Workload& rollout) {
  return !rollout.current_hash.empty() && rollout.current_hash == rollout.stable_hash;
}

bool serves(const WorkloadView& view, const std::string& judged_hash) {
  const Workload& rollout = view.workload;
  if (rollout.stable_hash == judged_hash) return true;
  if (!rollout.active_hash.empty()) return rollout.active_hash == judged_hash;
  // Where it routes traffic, the pods of an aborted canary stay for a while without any.
  if (rollout.canary_weight && rollout.current_hash == judged_hash) return *rollout.canary_weight > 0;
  const kube::Revision* judged = view.revision(judged_hash);
  return judged != nullptr && judged->replicas > 0;
}

Result<PlannedPatch> plan_argo_rollouts(const ArgoRolloutsOptions& options, const WorkloadView& view,
                                        const Action& action, const std::string& path) {
  if (options.what == Do::undo) return plan_argo_undo(options, view, action, path);
  const Workload& rollout = view.workload;
  const auto on_judged = still_judged(rollout, view.revisions, judged_in(action, options.rollout));
  if (!on_judged) return on_judged.error();
  const std::string name = rollout.ref.to_text();
  switch (options.what) {
    case Do::abort: return plan_abort(rollout, path);
    case Do::promote: return plan_promote(rollout, action, path);
    case Do::retry:
      if (!rollout.aborted) return already(name + " is not aborted");
      return status_patch(rollout, path, "abort", false, name + ": begins its steps again");
    default:
      if (rollout.paused) return already(name + " is paused already");
      return pause_patch(rollout, path, true, action, name + ": paused");
  }
}

}  // namespace davy::rollback
