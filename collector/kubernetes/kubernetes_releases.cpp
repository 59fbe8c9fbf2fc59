#include "collector/kubernetes/kubernetes_releases.hpp"

#include "core/base/clock.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace davy::collector {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::seconds patience{5};

std::string at(const std::map<std::string, std::string>& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? std::string() : found->second;
}

bool has_hash(std::string_view list, const std::string& hash) {
  const auto hashes = split(list, ',');
  return std::find(hashes.begin(), hashes.end(), hash) != hashes.end();
}

}  // namespace

KubernetesReleases::KubernetesReleases(std::shared_ptr<RolloutWatch> rollout, std::string service,
                                       Duration recent, std::shared_ptr<const Clock> clock)
    : rollout_(std::move(rollout)), service_(std::move(service)), recent_(recent), clock_(std::move(clock)) {}

SeenRelease KubernetesReleases::describe(const kube::Workload& workload,
                                         const kube::Revision& revision) const {
  SeenRelease release;
  release.release = fmt::format("{}-{}-{}", service_, revision.number, revision.hash);
  release.revision = fmt::format("{}@{}", revision.number, revision.hash);
  release.facts = {{"kubernetes.workload", workload.ref.to_text()},
                   {"kubernetes.uid", workload.uid},
                   {"kubernetes.revision", std::to_string(revision.number)},
                   {"kubernetes.hash", revision.hash}};
  return release;
}

bool KubernetesReleases::under_way(const kube::Workload& workload, const kube::RevisionPair& pair) const {
  if (pair.before == nullptr) return false;  // the first of all has nothing to be compared with
  if (workload.aborted) return false;        // it was, and stays as it is until somebody retries or deploys
  if (workload.updated < workload.replicas || workload.total > workload.updated) return true;
  const auto created = parse_rfc3339(pair.current->created);
  return created && clock_->wall() - *created < recent_;
}

asio::awaitable<Result<std::optional<SeenRelease>>> KubernetesReleases::look() {
  auto waiting = rollout_->ready(net::Deadline::after(patience));
  if (const auto ready = co_await std::move(waiting); !ready) co_return ready.error();
  const kube::Workload& workload = *rollout_->workload();
  const std::vector<kube::Revision> revisions = rollout_->revisions();
  const kube::RevisionPair pair = kube::newest(workload, revisions);
  // Between a new template and its ReplicaSet there is a moment without either.
  if (pair.current == nullptr || pair.current->hash.empty() || pair.current->number == 0)
    co_return std::optional<SeenRelease>();
  const std::string hash = pair.current->hash;
  const bool first = !seen_;
  if (seen_ == hash) co_return std::optional<SeenRelease>();
  seen_ = hash;
  if (hash == rollout_->judged() || hash == at(workload.annotations, "davy/restored"))
    co_return std::optional<SeenRelease>();
  // After a restart, a version that has passed before is not judged again.
  const bool passed_before = has_hash(at(workload.annotations, "davy/good"), hash);
  if (first && (passed_before || !under_way(workload, pair))) co_return std::optional<SeenRelease>();
  co_return std::optional(describe(workload, *pair.current));
}

asio::awaitable<Result<SeenRelease>> KubernetesReleases::current() {
  auto waiting = rollout_->ready(net::Deadline::after(patience));
  if (const auto ready = co_await std::move(waiting); !ready) co_return ready.error();
  const std::vector<kube::Revision> revisions = rollout_->revisions();
  const kube::RevisionPair pair = kube::newest(*rollout_->workload(), revisions);
  if (pair.current == nullptr)
    co_return Error(
        ErrorKind::unavailable,
        rollout_->ref().to_text() + ": its newest revision has not been made yet; is its controller running?",
        "no_revision");
  seen_ = pair.current->hash;
  co_return describe(*rollout_->workload(), *pair.current);
}

void KubernetesReleases::watching(const std::map<std::string, std::string>& facts) {
  rollout_->judge(at(facts, "kubernetes.hash"));
}

void KubernetesReleases::ended() { rollout_->judge({}); }

}  // namespace davy::collector
