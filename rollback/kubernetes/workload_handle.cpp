#include "rollback/kubernetes/workload_handle.hpp"

#include "core/base/text.hpp"
#include "core/kube/workload_paths.hpp"
#include "rollback/kubernetes/arming_checks.hpp"
#include "rollback/kubernetes/marks.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::rollback {
namespace asio = boost::asio;
namespace json = boost::json;
using kube::Revision;

const Revision* WorkloadView::revision(const std::string& hash) const {
  const auto found =
      std::find_if(revisions.begin(), revisions.end(), [&](const Revision& r) { return r.hash == hash; });
  return found == revisions.end() ? nullptr : &*found;
}

const Revision* WorkloadView::current() const {
  return is_behind(workload) ? nullptr : kube::newest(workload, revisions).current;
}

WorkloadHandle::WorkloadHandle(kube::WorkloadRef ref, std::shared_ptr<kube::KubeClient> client,
                               Duration timeout)
    : ref_(std::move(ref)), client_(std::move(client)), timeout_(timeout) {
  if (ref_.name_space.empty()) ref_.name_space = client_->access().name_space;
  path_ = kube::path_of(ref_);
}

std::vector<kube::Permission> WorkloadHandle::permissions_to_patch() const {
  const kube::ApiResource workload = kube::resource_of(ref_.kind);
  const kube::ApiResource revision = kube::revision_resource_of(ref_.kind);
  return {
      {"patch", std::string(workload.group), std::string(workload.resource), "", ref_.name_space, ref_.name},
      {"list", std::string(revision.group), std::string(revision.resource), "", ref_.name_space, ""}};
}

asio::awaitable<Result<WorkloadView>> WorkloadHandle::look(net::Deadline deadline) const {
  auto object = co_await client_->get(path_, deadline);
  if (!object) {
    const Error why = object.error();
    if (why.cause() != "no_such_api") co_return why;
    const kube::ApiResource api = kube::resource_of(ref_.kind);
    co_return Error(why.kind(),
                    fmt::format("the cluster does not know {}.{}: install it there, or act on something else",
                                api.resource, api.group),
                    "no_such_api");
  }
  auto workload = kube::read_workload(ref_.kind, object->get_object());
  if (!workload) co_return workload.error();
  WorkloadView view{std::move(*workload), {}};
  const std::string query = "labelSelector=" + percent_encoded(view.workload.selector);
  auto listed = co_await client_->list(kube::revisions_of(ref_.kind, ref_.name_space), query, deadline);
  if (!listed) co_return listed.error();
  std::vector<Revision> revisions;
  for (const json::value& item : listed->items) {
    if (item.is_object()) revisions.push_back(kube::read_revision(ref_.kind, item.get_object()));
  }
  view.revisions = kube::owned(view.workload, std::move(revisions));
  co_return view;
}

asio::awaitable<Result<Arming>> WorkloadHandle::arm(const Action& action, ArmingNeeds needs,
                                                    const PlanFor& plan) const {
  Arming arming;
  const auto view = co_await look(soon());
  if (!view) {
    const Error why = view.error();
    if (why.retryable()) co_return why;
    arming.ready = false;
    arming.warnings.push_back(why.message());
    co_return arming;
  }
  const kube::Workload& workload = view->workload;
  const bool of_this_release = fact(action, "kubernetes.workload") == name();
  const Revision* current = view->current();
  if (!of_this_release && current == nullptr)
    co_return Error(ErrorKind::unavailable, name() + ": its newest revision has not been made yet");
  const std::string hash = of_this_release ? fact(action, "kubernetes.hash") : current->hash;
  const Judged judged{workload.uid, hash};
  arming.facts = facts_of(judged, ref_);
  co_await check_permissions(*client_, std::move(needs.permissions), timeout_, arming);
  warn_of_owner(name(), workload.labels, workload.annotations, workload.field_managers, arming);
  if (!arming.ready) co_return arming;
  Action rehearsal = action;
  for (const auto& [key, value] : arming.facts) rehearsal.facts[key] = value;
  if (needs.mark_judging) co_await mark_judging(*view, hash, arming);
  const auto again = co_await look(soon());
  if (!again) co_return arming;
  auto planned = plan(*again, rehearsal);
  co_await rehearse(*client_, std::move(planned), soon(), arming);
  co_return arming;
}

// What served before the release is good, unless it is the one that was under watch and never got a good end.
asio::awaitable<void> WorkloadHandle::mark_judging(const WorkloadView& view, std::string hash,
                                                   Arming& arming) const {
  const Annotations& marks = view.workload.annotations;
  if (mark_at(marks, "davy/judging") == hash) co_return;
  const auto rolled_back = hashes_at(marks, "davy/rolled-back");
  const Revision* before = kube::newest(view.workload, view.revisions).before;
  json::array patch;
  add_operation(patch, "test", "/metadata/uid", json::value(view.workload.uid));
  annotate(patch, marks, "davy/judging", hash);
  const bool presumed_good =
      before != nullptr && before->hash != mark_at(marks, "davy/judging") &&
      std::find(rolled_back.begin(), rolled_back.end(), before->hash) == rolled_back.end();
  if (presumed_good) annotate(patch, marks, "davy/good", with_hash(marks, "davy/good", before->hash));
  const auto answer = co_await client_->patch(path_, kube::PatchKind::json, std::move(patch), soon());
  if (!answer) arming.warnings.push_back("cannot note what is being judged: " + answer.error().message());
}

asio::awaitable<Result<ActionOutcome>> WorkloadHandle::apply(const Action& action, std::string asked,
                                                             const PlanFor& plan) const {
  const LookAndPlan look_and_plan = [this, &action, &plan]() -> asio::awaitable<Result<PlannedPatch>> {
    const auto view = co_await look(soon(action));
    if (!view) co_return view.error();
    co_return plan(*view, action);
  };
  co_return co_await patch_until_it_fits(*client_, look_and_plan, action, timeout_, std::move(asked), name());
}

}  // namespace davy::rollback
