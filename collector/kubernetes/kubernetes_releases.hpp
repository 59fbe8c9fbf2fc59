#pragma once

// A new revision of a workload is a release.
//
// A revision is known by the hash of its template, so that an undo, which gives an old template a new number,
// is recognised; and what Davy itself restored (the annotation davy/restored) is no release. At the first
// look a revision counts as new when its rollout is still under way, or when it is younger than `recent`.
//
// Facts: "kubernetes.workload" (deployment shop/checkout), ".uid", ".revision" (the number), ".hash".

#include "collector/kubernetes/rollout_watch.hpp"
#include "collector/release_source.hpp"
#include "core/base/clock.hpp"

namespace davy::collector {

class KubernetesReleases final : public ReleaseSource {
 public:
  KubernetesReleases(std::shared_ptr<RolloutWatch> rollout, std::string service, Duration recent,
                     std::shared_ptr<const Clock> clock);

  boost::asio::awaitable<Result<std::optional<SeenRelease>>> look() override;
  boost::asio::awaitable<Result<SeenRelease>> current() override;
  void watching(const std::map<std::string, std::string>& facts) override;
  void ended() override;

 private:
  SeenRelease describe(const kube::Workload& workload, const kube::Revision& revision) const;
  bool under_way(const kube::Workload& workload, const kube::RevisionPair& pair) const;

  std::shared_ptr<RolloutWatch> rollout_;
  std::string service_;
  Duration recent_;
  std::shared_ptr<const Clock> clock_;
  std::optional<std::string> seen_;  // the hash of the newest revision at the last look
};

}  // namespace davy::collector
