#include "app/cluster.hpp"

#include "collector/kubernetes/kubernetes_releases.hpp"
#include "collector/kubernetes/kubernetes_targets.hpp"
#include "collector/kubernetes/selector_targets.hpp"
#include "config/environment.hpp"

namespace davy::app {
namespace {

kube::WorkloadKind kind_of(const std::string& text) {
  for (const auto kind :
       {kube::WorkloadKind::stateful_set, kube::WorkloadKind::daemon_set, kube::WorkloadKind::rollout}) {
    if (kube::to_text(kind) == text) return kind;
  }
  return kube::WorkloadKind::deployment;
}

}  // namespace

Cluster::Cluster(boost::asio::any_io_executor executor, std::shared_ptr<net::Resolver> resolver)
    : executor_(std::move(executor)), resolver_(std::move(resolver)) {}

Result<std::shared_ptr<kube::KubeClient>> Cluster::client() {
  if (client_) return client_;
  auto access = kube::find_kube_access(config::process_environment());
  if (!access) return access.error();
  client_ = std::make_shared<kube::KubeClient>(executor_, resolver_, std::move(*access));
  return client_;
}

Result<std::shared_ptr<collector::RolloutWatch>> Cluster::watch(const KubernetesTargets& pods) {
  const auto api = client();
  if (!api) return api.error();
  const kube::WorkloadRef ref{
      kind_of(pods.kind), pods.name_space.empty() ? (*api)->access().name_space : pods.name_space, pods.name};
  auto& known = watches_[ref.to_text()];
  if (!known) known = std::make_shared<collector::RolloutWatch>(executor_, *api, ref);
  return known;
}

Result<std::unique_ptr<collector::Discovery>> Cluster::discovery(Side side, const KubernetesTargets& pods,
                                                                 const ScrapeSpec& scrape) {
  std::unique_ptr<collector::Discovery> made;
  if (pods.kind == "selector") {
    const auto api = client();
    if (!api) return api.error();
    KubernetesTargets complete = pods;
    if (complete.name_space.empty()) complete.name_space = (*api)->access().name_space;
    made = std::make_unique<collector::SelectorTargets>(executor_, *api, side, std::move(complete), scrape);
    return made;
  }
  const auto rollout = watch(pods);
  if (!rollout) return rollout.error();
  const std::string own_pod = config::process_environment()("POD_UID").value_or("");
  made = std::make_unique<collector::KubernetesTargetsDiscovery>(side, pods, scrape, *rollout, own_pod);
  return made;
}

Result<std::unique_ptr<collector::ReleaseSource>> Cluster::releases(const config::Policy& policy) {
  std::unique_ptr<collector::ReleaseSource> made;
  const auto& pods = policy.canary.kubernetes;
  if (!pods || pods->kind == "selector") return made;
  const auto rollout = watch(*pods);
  if (!rollout) return rollout.error();
  made = std::make_unique<collector::KubernetesReleases>(*rollout, policy.service, policy.window,
                                                         std::make_shared<SystemClock>());
  return made;
}

}  // namespace davy::app
