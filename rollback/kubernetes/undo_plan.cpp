#include "rollback/kubernetes/undo_plan.hpp"

#include "rollback/kubernetes/marks.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::rollback {
namespace json = boost::json;
using kube::Revision;
using kube::Workload;
namespace {

bool contains(const std::vector<std::string>& hashes, const std::string& hash) {
  return std::find(hashes.begin(), hashes.end(), hash) != hashes.end();
}

struct Target {
  const Revision* revision = nullptr;
  std::string why;
};

Error ping_pong(const Workload& workload, const std::string& which) {
  return Error(
      ErrorKind::unsupported,
      fmt::format("{}: {} was itself rolled back before; a human has to choose (or remove its hash from the "
                  "annotation davy/rolled-back)",
                  workload.ref.to_text(), which),
      "ping_pong");
}

// Newest first, those that a rollback left behind among them: only their number is new.
std::vector<const Revision*> others(const std::vector<Revision>& revisions, const std::string& judged) {
  std::vector<const Revision*> found;
  for (auto revision = revisions.rbegin(); revision != revisions.rend(); ++revision) {
    if (revision->hash != judged) found.push_back(&*revision);
  }
  return found;
}

Result<Target> choose(const Workload& workload, const std::vector<Revision>& revisions,
                      const std::string& judged, const std::string& undo_to) {
  const std::vector<const Revision*> candidates = others(revisions, judged);
  const auto rolled_back = hashes_at(workload.annotations, "davy/rolled-back");
  if (candidates.empty())
    return Error(ErrorKind::unsupported,
                 fmt::format("{} keeps no earlier revision to go back to; check revisionHistoryLimit",
                             workload.ref.to_text()),
                 "no_history");
  if (undo_to != "last_good" && undo_to != "previous") {
    for (const Revision* revision : candidates) {
      if (std::to_string(revision->number) == undo_to) return Target{revision, "as the policy says"};
    }
    return Error(ErrorKind::unsupported,
                 fmt::format("{} keeps no revision {}", workload.ref.to_text(), undo_to), "no_history");
  }
  if (undo_to == "last_good") {
    for (const std::string& hash : hashes_at(workload.annotations, "davy/good")) {
      if (contains(rolled_back, hash)) continue;
      for (const Revision* revision : candidates) {
        if (revision->hash == hash) return Target{revision, "the last that was good"};
      }
    }
    for (const Revision* revision : candidates) {
      if (!contains(rolled_back, revision->hash))
        return Target{revision, "the one before; none is known to be good"};
    }
    return ping_pong(workload, "every earlier revision");
  }
  if (contains(rolled_back, candidates.front()->hash))
    return ping_pong(workload, fmt::format("the previous revision {}", candidates.front()->number));
  return Target{candidates.front(), "the one before"};
}

}  // namespace

Result<UndoPlan> plan_undo(const Workload& workload, const std::vector<Revision>& revisions,
                           const Judged& judged, const std::string& undo_to, const std::string& action_id) {
  const std::string name = workload.ref.to_text();
  const auto on_judged = still_judged(workload, revisions, judged);
  if (!on_judged) return on_judged.error();
  const Revision* current = *on_judged;
  if (!workload.template_elsewhere.empty())
    return Error(
        ErrorKind::unsupported,
        fmt::format("{} has its template from {}: undo that one instead", name, workload.template_elsewhere),
        "template_elsewhere");
  const std::string paced = mark_at(workload.annotations, "davy/paced");
  if (workload.paused && paced.empty())
    return Error(ErrorKind::unsupported,
                 name + " is paused by somebody else; resume it, or choose another action", "paused");
  const auto target = choose(workload, revisions, judged.hash, undo_to);
  if (!target) return target.error();

  UndoPlan plan;
  plan.target_hash = target->revision->hash;
  plan.target_number = target->revision->number;
  plan.what = fmt::format("{}: revision {} ({}) back to {} ({}), {}", name, current->number, current->hash,
                          plan.target_number, plan.target_hash, target->why);
  json::array& patch = plan.patch;
  add_operation(patch, "test", "/metadata/uid", json::value(workload.uid));
  for (const char* number : {"deployment.kubernetes.io/revision", "rollout.argoproj.io/revision"}) {
    if (workload.annotations.contains(number))
      add_operation(patch, "test", annotation_path(number), json::value(workload.annotations.at(number)));
  }
  add_operation(patch, "test", "/spec/template", workload.pod_template);
  if (workload.paused) add_operation(patch, "test", "/spec/paused", json::value(true));
  add_operation(patch, "replace", "/spec/template", target->revision->pod_template);
  if (workload.paused) add_operation(patch, "replace", "/spec/paused", json::value(false));
  if (!paced.empty())
    patch.push_back(json::object{{"op", "remove"}, {"path", annotation_path("davy/paced")}});
  const Annotations& marks = workload.annotations;
  annotate(patch, marks, "davy/decision", action_id);
  annotate(patch, marks, "davy/restored", plan.target_hash);
  annotate(patch, marks, "davy/rolled-back", with_hash(marks, "davy/rolled-back", judged.hash));
  // The cause that people wrote goes with the template it belongs to.
  constexpr const char* cause = "kubernetes.io/change-cause";
  if (const auto found = target->revision->annotations.find(cause);
      found != target->revision->annotations.end())
    annotate(patch, marks, cause, found->second);
  return plan;
}

}  // namespace davy::rollback
