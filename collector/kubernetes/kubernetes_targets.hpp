#pragma once

// The pods of one side, by the chain of their owners.
//
// Of a workload with revisions: `new` is the revision under judgement, `old` every other; while no release is
// watched all pods are `old`, so that what serves now is what the next release is compared with. A pod is
// known by its UID, so that an address passed on to another pod is another target. Pods that have no address
// yet or are ending are left out; those that are not ready are scraped, since that is when there is something
// to see.

#include "collector/discovery/discovery.hpp"
#include "collector/kubernetes/rollout_watch.hpp"
#include "core/model/scrape.hpp"

namespace davy::collector {

class KubernetesTargetsDiscovery final : public Discovery {
 public:
  // `own_pod`: the UID of the pod we run in; may be empty.
  KubernetesTargetsDiscovery(Side side, KubernetesTargets pods, ScrapeSpec spec,
                             std::shared_ptr<RolloutWatch> rollout, std::string own_pod);

  boost::asio::awaitable<Result<std::vector<Target>>> targets() override;
  std::vector<Error> problems() const override { return problems_; }
  std::vector<InstanceState> instances() const override { return instances_; }
  bool replaced() const override { return replaced_; }

 private:
  bool belongs(const kube::Pod& pod, const std::vector<kube::Revision>& revisions) const;
  void add(const kube::Pod& pod, const std::string& hash, std::vector<Target>& targets);
  std::string trouble_of(const kube::Pod& pod);

  Side side_;
  KubernetesTargets pods_;
  ScrapeSpec spec_;
  std::shared_ptr<RolloutWatch> rollout_;
  std::string own_pod_;
  std::vector<Error> problems_;
  std::vector<InstanceState> instances_;
  bool replaced_ = false;
  std::map<std::string, Instant> not_ready_since_;  // by UID
};

}  // namespace davy::collector
