#include "collector/kubernetes/selector_targets.hpp"

#include "collector/kubernetes/kept_objects.hpp"
#include "collector/kubernetes/pod_target.hpp"
#include "core/base/text.hpp"
#include "core/kube/workload_paths.hpp"

#include <fmt/format.h>

namespace davy::collector {

SelectorTargets::SelectorTargets(boost::asio::any_io_executor executor,
                                 std::shared_ptr<kube::KubeClient> client, Side side, KubernetesTargets pods,
                                 ScrapeSpec spec)
    : side_(side),
      pods_(std::move(pods)),
      spec_(std::move(spec)),
      reflector_(executor, std::move(client), kube::pods_of(pods_.name_space),
                 "labelSelector=" + percent_encoded(pods_.name),
                 keep_in(found_, [](const boost::json::object& object) { return kube::read_pod(object); })) {}

boost::asio::awaitable<Result<std::vector<Target>>> SelectorTargets::targets() {
  problems_.clear();
  instances_.clear();
  const std::string where = fmt::format("{}.kubernetes", to_text(side_));
  auto waiting = reflector_.synced(net::Deadline::after(spec_.timeout));
  if (const auto ready = co_await std::move(waiting); !ready) co_return ready.error().within(where);
  if (const auto problem = reflector_.problem())
    problems_.push_back(problem->within(where + ": what is known of the pods may be old"));
  std::vector<Target> targets;
  for (const auto& [uid, pod] : found_) {
    if (pod.ending) continue;
    instances_.push_back({"pod/" + uid, side_ == Side::canary, pod.restarts, pod.trouble});
    if (pod.ip.empty()) continue;
    auto target = pod_target(pod, pods_, spec_, side_, false);
    if (target) {
      targets.push_back(std::move(*target));
    } else {
      problems_.push_back(target.error());
    }
  }
  co_return targets;
}

}  // namespace davy::collector
