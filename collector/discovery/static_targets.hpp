#pragma once

// Targets as the policy lists them.

#include "collector/discovery/discovery.hpp"
#include "core/model/scrape.hpp"

#include <string>

namespace davy::collector {

class StaticTargets final : public Discovery {
 public:
  StaticTargets(Side side, const std::vector<std::string>& places, const ScrapeSpec& spec);
  boost::asio::awaitable<Result<std::vector<Target>>> targets() override;
  std::vector<Error> problems() const override { return problems_; }

 private:
  std::vector<Target> targets_;
  std::vector<Error> problems_;  // places that are no URL; the others are scraped
};

}  // namespace davy::collector
