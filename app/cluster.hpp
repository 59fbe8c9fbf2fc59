#pragma once

// The Kubernetes side of a policy: one client, and one watch of each workload, shared by whoever needs them.
// Nothing is asked of a cluster that no policy names.

#include "collector/discovery/discovery.hpp"
#include "collector/kubernetes/rollout_watch.hpp"
#include "collector/release_source.hpp"
#include "config/policy.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>

namespace davy::app {

class Cluster {
 public:
  Cluster(boost::asio::any_io_executor executor, std::shared_ptr<net::Resolver> resolver);

  // Errors: those of find_kube_access().
  Result<std::shared_ptr<kube::KubeClient>> client();

  Result<std::unique_ptr<collector::Discovery>> discovery(Side side, const KubernetesTargets& pods,
                                                          const ScrapeSpec& scrape);
  // Notices new revisions of the canary's workload; null where it has none.
  Result<std::unique_ptr<collector::ReleaseSource>> releases(const config::Policy& policy);

 private:
  Result<std::shared_ptr<collector::RolloutWatch>> watch(const KubernetesTargets& pods);

  boost::asio::any_io_executor executor_;
  std::shared_ptr<net::Resolver> resolver_;
  std::shared_ptr<kube::KubeClient> client_;
  std::map<std::string, std::shared_ptr<collector::RolloutWatch>> watches_;  // by workload
};

}  // namespace davy::app
