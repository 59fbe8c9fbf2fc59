#include "collector/discovery/side_discovery.hpp"

#include "collector/discovery/dns_targets.hpp"
#include "collector/discovery/file_targets.hpp"
#include "collector/discovery/static_targets.hpp"

namespace davy::collector {

std::unique_ptr<Discovery> create_discovery(Side side, const SideSpec& spec, const ScrapeSpec& scrape,
                                            std::shared_ptr<net::Resolver> resolver) {
  if (spec.dns) return std::make_unique<DnsTargetsDiscovery>(side, *spec.dns, scrape, std::move(resolver));
  if (!spec.files.empty()) return std::make_unique<FileTargets>(side, spec.files, scrape);
  return std::make_unique<StaticTargets>(side, spec.targets, scrape);
}

}  // namespace davy::collector
