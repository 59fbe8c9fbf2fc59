#include "collector/kubernetes/kubernetes_targets.hpp"

#include "collector/kubernetes/pod_target.hpp"
#include "core/base/duration_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace davy::collector {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::seconds patience_with_readiness{120};

}  // namespace

KubernetesTargetsDiscovery::KubernetesTargetsDiscovery(Side side, KubernetesTargets pods, ScrapeSpec spec,
                                                       std::shared_ptr<RolloutWatch> rollout,
                                                       std::string own_pod)
    : side_(side),
      pods_(std::move(pods)),
      spec_(std::move(spec)),
      rollout_(std::move(rollout)),
      own_pod_(std::move(own_pod)) {}

asio::awaitable<Result<std::vector<Target>>> KubernetesTargetsDiscovery::targets() {
  problems_.clear();
  instances_.clear();
  replaced_ = false;
  const std::string where = fmt::format("{}.kubernetes", to_text(side_));
  auto waiting = rollout_->ready(net::Deadline::after(spec_.timeout));
  if (const auto ready = co_await std::move(waiting); !ready) co_return ready.error().within(where);
  if (const auto problem = rollout_->problem())
    problems_.push_back(problem->within(where + ": what is known of the pods may be old"));
  const std::vector<kube::Revision> revisions = rollout_->revisions();
  std::vector<Target> targets;
  bool any_ready_elsewhere = false;
  for (const auto& [uid, pod] : rollout_->pods()) {
    const std::string hash = kube::hash_of(pod, *rollout_->workload(), revisions);
    if (hash.empty()) continue;
    if (belongs(pod, revisions)) {
      add(pod, hash, targets);
    } else {
      any_ready_elsewhere = any_ready_elsewhere || pod.ready;
    }
  }
  std::erase_if(not_ready_since_, [&](const auto& item) { return !rollout_->pods().contains(item.first); });
  replaced_ = pods_.revision == "old" && targets.empty() && any_ready_elsewhere;
  co_return targets;
}

bool KubernetesTargetsDiscovery::belongs(const kube::Pod& pod,
                                         const std::vector<kube::Revision>& revisions) const {
  const std::string hash = kube::hash_of(pod, *rollout_->workload(), revisions);
  if (pods_.revision.empty()) return true;
  if (pods_.revision == "new") return hash == rollout_->judged();
  if (pods_.revision == "old") return hash != rollout_->judged();
  return std::any_of(revisions.begin(), revisions.end(), [&](const kube::Revision& revision) {
    return revision.hash == hash && std::to_string(revision.number) == pods_.revision;
  });
}

void KubernetesTargetsDiscovery::add(const kube::Pod& pod, const std::string& hash,
                                     std::vector<Target>& targets) {
  if (pod.ending) return;
  instances_.push_back({"pod/" + pod.uid, side_ == Side::canary, pod.restarts, trouble_of(pod)});
  if (pod.ip.empty()) return;
  if (pods_.annotations && pod_annotation(pod, "scrape") == "false") return;
  const bool on_loopback = pods_.own_pod_on_loopback && !own_pod_.empty() && pod.uid == own_pod_;
  auto target = pod_target(pod, pods_, spec_, side_, on_loopback);
  if (!target) {
    problems_.push_back(target.error());
    return;
  }
  target->labels.set("revision", hash);
  targets.push_back(std::move(*target));
}

std::string KubernetesTargetsDiscovery::trouble_of(const kube::Pod& pod) {
  if (!pod.trouble.empty()) return pod.trouble;
  if (pod.ready) {
    not_ready_since_.erase(pod.uid);
    return {};
  }
  const Instant now = std::chrono::steady_clock::now();
  const Instant since = not_ready_since_.emplace(pod.uid, now).first->second;
  return now - since < patience_with_readiness
             ? ""
             : "not ready for " + to_text(Duration(patience_with_readiness));
}

}  // namespace davy::collector
