#include "collector/discovery/static_targets.hpp"

#include "collector/discovery/target_url.hpp"

namespace davy::collector {

StaticTargets::StaticTargets(Side side, const std::vector<std::string>& places, const ScrapeSpec& spec) {
  for (const std::string& place : places) {
    auto target = make_target(place, side, spec);
    if (target) {
      targets_.push_back(std::move(*target));
    } else {
      problems_.push_back(target.error());
    }
  }
}

boost::asio::awaitable<Result<std::vector<Target>>> StaticTargets::targets() { co_return targets_; }

}  // namespace davy::collector
