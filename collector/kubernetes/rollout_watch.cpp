#include "collector/kubernetes/rollout_watch.hpp"

#include "collector/kubernetes/kept_objects.hpp"
#include "core/base/text.hpp"
#include "core/kube/workload_paths.hpp"

namespace davy::collector {
namespace asio = boost::asio;
namespace json = boost::json;

RolloutWatch::RolloutWatch(asio::any_io_executor executor, std::shared_ptr<kube::KubeClient> client,
                           kube::WorkloadRef workload, kube::ReflectorOptions options)
    : executor_(executor), client_(std::move(client)), ref_(std::move(workload)), options_(options) {
  const auto put = [this](const json::object& object) {
    if (auto read = kube::read_workload(ref_.kind, object)) {
      workload_ = std::move(*read);
      watch_its_own();
    }
  };
  kube::ReflectorHandler handler;
  handler.replaced = [this, put](const std::vector<json::value>& objects) {
    if (objects.empty()) workload_.reset();
    for (const json::value& object : objects) {
      if (object.is_object()) put(object.get_object());
    }
  };
  handler.changed = put;
  handler.removed = [this](const json::object&) { workload_.reset(); };
  workload_reflector_ = std::make_unique<kube::Reflector>(
      executor_, client_, kube::collection_of(ref_.kind, ref_.name_space),
      "fieldSelector=" + percent_encoded("metadata.name=" + ref_.name), std::move(handler), options_);
}

// Revisions and pods are asked for by the workload's own selector, so they wait until it is known, and begin
// anew with another: a workload that was deleted may come back with one.
void RolloutWatch::watch_its_own() {
  if (pod_reflector_ && selector_ == workload_->selector) return;
  selector_ = workload_->selector;
  const std::string query = "labelSelector=" + percent_encoded(workload_->selector);
  revision_reflector_ = std::make_unique<kube::Reflector>(
      executor_, client_, kube::revisions_of(ref_.kind, ref_.name_space), query,
      keep_in(revisions_, [kind = ref_.kind](const json::object& o) { return kube::read_revision(kind, o); }),
      options_);
  pod_reflector_ = std::make_unique<kube::Reflector>(
      executor_, client_, kube::pods_of(ref_.name_space), query,
      keep_in(pods_, [](const json::object& o) { return kube::read_pod(o); }), options_);
}

asio::awaitable<Result<void>> RolloutWatch::ready(net::Deadline deadline) {
  if (auto synced = co_await workload_reflector_->synced(deadline); !synced) co_return synced.error();
  if (!workload_)
    co_return Error(ErrorKind::not_found, ref_.to_text() + " does not exist; check namespace and name",
                    "no_workload");
  for (const auto* reflector : {&revision_reflector_, &pod_reflector_}) {
    if (auto synced = co_await (*reflector)->synced(deadline); !synced) co_return synced.error();
  }
  co_return Result<void>();
}

std::optional<Error> RolloutWatch::problem() const {
  for (const auto* reflector : {&workload_reflector_, &revision_reflector_, &pod_reflector_}) {
    if (*reflector == nullptr) continue;
    if (auto problem = (*reflector)->problem()) return problem;
  }
  return std::nullopt;
}

std::vector<kube::Revision> RolloutWatch::revisions() const {
  if (!workload_) return {};
  std::vector<kube::Revision> all;
  for (const auto& [uid, revision] : revisions_) all.push_back(revision);
  return kube::owned(*workload_, std::move(all));
}

}  // namespace davy::collector
