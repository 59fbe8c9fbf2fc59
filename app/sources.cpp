#include "app/sources.hpp"

#include "collector/discovery/side_discovery.hpp"
#include "collector/promql/promql_source.hpp"
#include "collector/scrape/scrape_source.hpp"

namespace davy::app {

Result<std::unique_ptr<collector::MetricSource>> make_source(boost::asio::any_io_executor executor,
                                                             std::shared_ptr<net::Resolver> resolver,
                                                             std::shared_ptr<const Clock> clock,
                                                             const config::Policy& policy, Cluster& cluster,
                                                             collector::WantedNames wanted) {
  if (policy.canary.prometheus) {
    return std::make_unique<collector::PromqlSource>(executor, resolver, std::move(clock), policy.scrape,
                                                     policy.checks, policy.canary, policy.baseline);
  }
  const auto discover = [&](Side side,
                            const SideSpec& spec) -> Result<std::unique_ptr<collector::Discovery>> {
    if (spec.kubernetes) return cluster.discovery(side, *spec.kubernetes, policy.scrape);
    return collector::create_discovery(side, spec, policy.scrape, resolver);
  };
  auto canary = discover(Side::canary, policy.canary);
  if (!canary) return canary.error();
  auto baseline = discover(Side::baseline, policy.baseline);
  if (!baseline) return baseline.error();
  return std::make_unique<collector::ScrapeSource>(executor, resolver, policy.scrape, std::move(*canary),
                                                   std::move(*baseline), std::move(wanted));
}

}  // namespace davy::app
