#include "rollback/kubernetes/kubernetes_actuator.hpp"

#include "core/base/text.hpp"
#include "core/kube/kube_client.hpp"
#include "core/kube/workload_paths.hpp"
#include "rollback/kubernetes/kubernetes_options.hpp"
#include "rollback/kubernetes/marks.hpp"
#include "rollback/kubernetes/undo_plan.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::rollback {
namespace asio = boost::asio;
namespace json = boost::json;
using kube::KubeClient;
using kube::PatchKind;
using kube::Permission;
using kube::Revision;
using kube::Workload;
namespace {

// How often a patch that met another writer is made anew before the attempt counts as failed.
constexpr int conflicts_max = 5;

std::string fact(const Action& action, const std::string& key) {
  const auto found = action.facts.find(key);
  return found == action.facts.end() ? std::string() : found->second;
}

class KubernetesActuator final : public Actuator {
 public:
  KubernetesActuator(KubernetesOptions options, std::shared_ptr<KubeClient> client)
      : options_(std::move(options)), client_(std::move(client)), path_(kube::path_of(options_.workload)) {}

  std::string_view kind() const override { return "kubernetes"; }
  asio::awaitable<Result<Arming>> arm(const Action& action, bool may_mark) override;
  asio::awaitable<Result<DeployState>> observe(const Action* action) override;
  Result<ActionPreview> preview(const Action& action) const override;
  asio::awaitable<Result<ActionOutcome>> apply(const Action& action) override;
  asio::awaitable<Result<std::string>> pace(const Action& action) override;
  asio::awaitable<Result<std::string>> stand_down(const Action& action, bool passed) override;

 private:
  struct Seen {
    Workload workload;
    std::vector<Revision> revisions;
    const Revision* revision(const std::string& hash) const {
      const auto found =
          std::find_if(revisions.begin(), revisions.end(), [&](const Revision& r) { return r.hash == hash; });
      return found == revisions.end() ? nullptr : &*found;
    }
  };
  struct Change {
    json::array patch;  // empty: nothing is left to do
    std::string what;
  };

  net::Deadline soon() const { return net::Deadline::after(options_.timeout); }
  net::Deadline soon(const Action& action) const { return soon().or_sooner(action.deadline); }
  std::string key(const char* of) const { return options_.workload.to_text() + " " + of; }
  Judged judged(const Action& action) const;
  asio::awaitable<Result<Seen>> look(net::Deadline deadline);
  asio::awaitable<void> check_permissions(Arming& arming);
  asio::awaitable<void> rehearse(const Seen& seen, const Action& action, Arming& arming);
  asio::awaitable<void> mark_judging(const Seen& seen, const std::string& hash, Arming& arming);
  Result<Change> change(const Seen& seen, const Action& action) const;
  Change switch_pause(const Seen& seen, bool paused, const Action& action) const;
  asio::awaitable<Result<std::string>> unpause(const Seen& seen, const Action& action, bool good);
  bool took_effect(const Seen& seen, const Action& action) const;

  KubernetesOptions options_;
  std::shared_ptr<KubeClient> client_;
  std::string path_;
};

// From arming; or from whoever noticed the release, where it is this workload's.
Judged KubernetesActuator::judged(const Action& action) const {
  Judged judged{fact(action, key("uid")), fact(action, key("hash"))};
  if (judged.uid.empty() && fact(action, "kubernetes.workload") == options_.workload.to_text())
    judged = {fact(action, "kubernetes.uid"), fact(action, "kubernetes.hash")};
  return judged;
}

asio::awaitable<Result<KubernetesActuator::Seen>> KubernetesActuator::look(net::Deadline deadline) {
  auto object = co_await client_->get(path_, deadline);
  if (!object) co_return object.error();
  auto workload = kube::read_workload(options_.workload.kind, object->get_object());
  if (!workload) co_return workload.error();
  Seen seen{std::move(*workload), {}};
  auto listed =
      co_await client_->list(kube::revisions_of(options_.workload.kind, options_.workload.name_space),
                             "labelSelector=" + kube::encoded(seen.workload.selector), deadline);
  if (!listed) co_return listed.error();
  std::vector<Revision> revisions;
  for (const json::value& item : listed->items) {
    if (item.is_object()) revisions.push_back(kube::read_revision(options_.workload.kind, item.get_object()));
  }
  seen.revisions = kube::owned(seen.workload, std::move(revisions));
  co_return seen;
}

asio::awaitable<Result<Arming>> KubernetesActuator::arm(const Action& action, bool may_mark) {
  Arming arming;
  const auto seen = co_await look(soon());
  if (!seen) {
    const Error why = seen.error();
    if (why.retryable()) co_return why;
    arming.ready = false;
    arming.warnings.push_back(why.message());
    co_return arming;
  }
  const Workload& workload = seen->workload;
  const bool of_this_release = fact(action, "kubernetes.workload") == options_.workload.to_text();
  const Revision* current = kube::newest(workload, seen->revisions).current;
  if (!of_this_release && current == nullptr)
    co_return Error(ErrorKind::unavailable,
                    workload.ref.to_text() + ": its newest revision has not been made yet");
  const std::string hash = of_this_release ? fact(action, "kubernetes.hash") : current->hash;
  arming.facts = {{key("uid"), workload.uid}, {key("hash"), hash}};
  co_await check_permissions(arming);
  const std::string owner =
      kube::gitops_owner(workload.labels, workload.annotations, workload.field_managers);
  if (!owner.empty())
    arming.warnings.push_back(
        fmt::format("{} belongs to {}, which will undo a rollback unless its source goes back too",
                    workload.ref.to_text(), owner));
  if (arming.ready) {
    Action rehearsal = action;
    for (const auto& [name, value] : arming.facts) rehearsal.facts[name] = value;
    if (may_mark && options_.what == KubernetesOptions::Do::undo) co_await mark_judging(*seen, hash, arming);
    const auto again = co_await look(soon());
    if (again) co_await rehearse(*again, rehearsal, arming);
  }
  co_return arming;
}

asio::awaitable<void> KubernetesActuator::check_permissions(Arming& arming) {
  const kube::ApiResource workload = kube::resource_of(options_.workload.kind);
  const kube::ApiResource revision = kube::revision_resource_of(options_.workload.kind);
  const std::string& name_space = options_.workload.name_space;
  const std::vector<Permission> needed{
      {"patch", std::string(workload.group), std::string(workload.resource), "", name_space,
       options_.workload.name},
      {"list", std::string(revision.group), std::string(revision.resource), "", name_space, ""}};
  for (const Permission& permission : needed) {
    const auto allowed = co_await client_->allowed(permission, soon());
    if (!allowed || *allowed) continue;  // a review that fails says nothing; the rehearsal will
    arming.ready = false;
    arming.warnings.push_back("not permitted: " + permission.to_text() +
                              "; grant it to Davy's service account");
  }
}

// The real change with dryRun=All: finds what a look cannot, like an admission webhook.
asio::awaitable<void> KubernetesActuator::rehearse(const Seen& seen, const Action& action, Arming& arming) {
  auto planned = change(seen, action);
  std::optional<Error> refusal;
  if (!planned) {
    refusal = planned.error();
  } else if (!planned->patch.empty()) {
    const auto answer =
        co_await client_->patch(path_, PatchKind::json, std::move(planned->patch), soon(), true);
    if (!answer) refusal = answer.error();
  }
  if (!refusal || refusal->retryable() || refusal->kind() == ErrorKind::conflict) co_return;
  arming.ready = false;
  arming.warnings.push_back("a rollback would be refused now: " + refusal->message());
}

// What served before the release is good, unless it is the one that was under watch and never got a good end.
asio::awaitable<void> KubernetesActuator::mark_judging(const Seen& seen, const std::string& hash,
                                                       Arming& arming) {
  const Annotations& marks = seen.workload.annotations;
  if (mark_at(marks, "davy/judging") == hash) co_return;
  const auto rolled_back = hashes_at(marks, "davy/rolled-back");
  const Revision* before = kube::newest(seen.workload, seen.revisions).before;
  json::array patch;
  add_operation(patch, "test", "/metadata/uid", json::value(seen.workload.uid));
  annotate(patch, marks, "davy/judging", hash);
  const bool presumed_good =
      before != nullptr && before->hash != mark_at(marks, "davy/judging") &&
      std::find(rolled_back.begin(), rolled_back.end(), before->hash) == rolled_back.end();
  if (presumed_good) annotate(patch, marks, "davy/good", with_hash(marks, "davy/good", before->hash));
  const auto answer = co_await client_->patch(path_, PatchKind::json, std::move(patch), soon());
  if (!answer) arming.warnings.push_back("cannot note what is being judged: " + answer.error().message());
}

asio::awaitable<Result<DeployState>> KubernetesActuator::observe(const Action* action) {
  DeployState state;
  const auto seen = co_await look(action != nullptr ? soon(*action) : soon());
  if (!seen) {
    const Error why = seen.error();
    if (why.kind() != ErrorKind::not_found) co_return why;
    state.summary = options_.workload.to_text() + " is gone";
    state.canary_serving = false;
    co_return state;
  }
  const Workload& workload = seen->workload;
  const Revision* current = kube::newest(workload, seen->revisions).current;
  const bool settled = workload.observed_generation >= workload.generation;
  state.summary =
      fmt::format("{}: {} of {} pods of revision {} available{}{}", workload.ref.to_text(),
                  workload.available, workload.replicas, current != nullptr ? current->hash : "?",
                  workload.paused ? ", paused" : "", settled ? "" : ", its controller has not caught up");
  state.applied_action = mark_at(workload.annotations, "davy/decision");
  if (action == nullptr) co_return state;
  const Judged judged = this->judged(*action);
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
  const std::string name = options_.workload.to_text();
  switch (options_.what) {
    case KubernetesOptions::Do::undo:
      return ActionPreview{fmt::format("PATCH {}: undo {} to {}, if it is still on {}", path_, name,
                                       options_.undo_to, judged(action).hash)};
    case KubernetesOptions::Do::scale:
      return ActionPreview{fmt::format("PATCH {}: {} to {} replicas", path_, name, options_.replicas)};
    case KubernetesOptions::Do::pause: return ActionPreview{fmt::format("PATCH {}: pause {}", path_, name)};
    case KubernetesOptions::Do::resume: return ActionPreview{fmt::format("PATCH {}: resume {}", path_, name)};
  }
  return ActionPreview{name};
}

bool KubernetesActuator::took_effect(const Seen& seen, const Action& action) const {
  if (mark_at(seen.workload.annotations, "davy/decision") != action.id) return false;
  if (options_.what != KubernetesOptions::Do::undo) return true;
  const Revision* current = kube::newest(seen.workload, seen.revisions).current;
  return current == nullptr || current->hash != judged(action).hash;
}

KubernetesActuator::Change KubernetesActuator::switch_pause(const Seen& seen, bool paused,
                                                            const Action& action) const {
  Change change;
  const Annotations& marks = seen.workload.annotations;
  change.what = fmt::format("{} {}", paused ? "paused" : "resumed", seen.workload.ref.to_text());
  if (seen.workload.paused == paused) return change;
  add_operation(change.patch, "test", "/metadata/uid", json::value(seen.workload.uid));
  add_operation(change.patch, "test", "/spec/template", seen.workload.pod_template);
  add_operation(change.patch, "add", "/spec/paused", json::value(paused));
  if (!paused && !mark_at(marks, "davy/paced").empty())
    change.patch.push_back(json::object{{"op", "remove"}, {"path", annotation_path("davy/paced")}});
  annotate(change.patch, marks, "davy/decision", action.id);
  return change;
}

Result<KubernetesActuator::Change> KubernetesActuator::change(const Seen& seen, const Action& action) const {
  const Judged judged = this->judged(action);
  if (options_.what == KubernetesOptions::Do::undo) {
    auto plan = plan_undo(seen.workload, seen.revisions, judged, options_.undo_to, action.id);
    if (!plan) return plan.error();
    return Change{std::move(plan->patch), plan->what};
  }
  const std::string name = seen.workload.ref.to_text();
  if (judged.uid.empty())
    return Error(ErrorKind::unsupported, name + ": which of its revisions was judged is not known",
                 "not_armed");
  const Revision* current = kube::newest(seen.workload, seen.revisions).current;
  if (seen.workload.uid != judged.uid || (current != nullptr && current->hash != judged.hash))
    return Error(ErrorKind::conflict, name + " has moved on since it was judged: left alone", "superseded");
  if (options_.what != KubernetesOptions::Do::scale)
    return switch_pause(seen, options_.what == KubernetesOptions::Do::pause, action);
  Change change;
  change.what = fmt::format("scaled {} from {} to {}", name, seen.workload.replicas, options_.replicas);
  if (seen.workload.replicas == options_.replicas) return change;
  add_operation(change.patch, "test", "/metadata/uid", json::value(seen.workload.uid));
  add_operation(change.patch, "test", "/spec/template", seen.workload.pod_template);
  add_operation(change.patch, "add", "/spec/replicas", json::value(options_.replicas));
  annotate(change.patch, seen.workload.annotations, "davy/decision", action.id);
  return change;
}

asio::awaitable<Result<ActionOutcome>> KubernetesActuator::apply(const Action& action) {
  const std::string asked = preview(action)->what;
  bool rejected = false;
  for (int turn = 0;; ++turn) {
    const auto seen = co_await look(soon(action));
    if (!seen) {
      const Error why = seen.error();
      if (why.kind() == ErrorKind::not_found)
        co_return ActionOutcome{true, asked,
                                options_.workload.to_text() + " is gone: nothing is left to roll back"};
      co_return why;
    }
    if (took_effect(*seen, action)) co_return ActionOutcome{true, asked, "done before, by this same action"};
    auto planned = change(*seen, action);
    if (!planned) co_return planned.error();
    if (planned->patch.empty()) co_return ActionOutcome{true, asked, planned->what + ": it was so already"};
    const auto answer =
        co_await client_->patch(path_, PatchKind::json, std::move(planned->patch), soon(action));
    if (answer) co_return ActionOutcome{false, asked, planned->what};
    const Error why = answer.error();
    if (why.kind() == ErrorKind::not_found) continue;
    if (why.kind() != ErrorKind::conflict) co_return why;
    // Another writer got in between: look again at what is there now. A patch that is refused although
    // nothing has changed is wrong in itself.
    if (why.cause() == "rejected" && std::exchange(rejected, true))
      co_return Error(ErrorKind::invalid, why.message(), "rejected");
    if (turn == conflicts_max) co_return Error(ErrorKind::unavailable, why.message(), "conflict");
  }
}

asio::awaitable<Result<std::string>> KubernetesActuator::pace(const Action& action) {
  if (!options_.pace) co_return std::string();
  const auto seen = co_await look(soon(action));
  if (!seen) co_return seen.error();
  const Workload& workload = seen->workload;
  const Judged judged = this->judged(action);
  if (workload.uid != judged.uid) co_return std::string();
  const Revision* current = kube::newest(workload, seen->revisions).current;
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
  const auto answer = co_await client_->patch(path_, PatchKind::json, std::move(patch), soon(action));
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
  const auto seen = co_await look(soon(action));
  if (!seen) co_return seen.error();
  const Judged judged = this->judged(action);
  if (seen->workload.uid != judged.uid) co_return std::string();
  const Revision* current = kube::newest(seen->workload, seen->revisions).current;
  co_return co_await unpause(*seen, action, passed && current != nullptr && current->hash == judged.hash);
}

// Takes our own pause back, and notes the judged revision as good; does what there is to do of the two.
asio::awaitable<Result<std::string>> KubernetesActuator::unpause(const Seen& seen, const Action& action,
                                                                 bool good) {
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
    const std::string hash = judged(action).hash;
    annotate(patch, workload.annotations, "davy/good", with_hash(workload.annotations, "davy/good", hash));
    done.push_back("revision " + hash + " is remembered as good");
  }
  const auto answer = co_await client_->patch(path_, PatchKind::json, std::move(patch), soon(action));
  if (!answer) co_return answer.error();
  co_return join_spoken(done);
}

}  // namespace

std::unique_ptr<Actuator> make_kubernetes_actuator(const config::Section& section,
                                                   const ActuatorParts& parts) {
  KubernetesOptions options = read_kubernetes_options(section);
  if (!section.clean() || !parts.kube) return nullptr;  // without a cluster, only the options are checked
  auto client = parts.kube();
  if (!client) {
    section.problem_here("no way to the Kubernetes API: " + client.error().message());
    return nullptr;
  }
  if (options.workload.name_space.empty()) options.workload.name_space = (*client)->access().name_space;
  return std::make_unique<KubernetesActuator>(std::move(options), std::move(*client));
}

}  // namespace davy::rollback
