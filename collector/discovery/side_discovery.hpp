#pragma once

// The discovery that a side's policy asks for.

#include "collector/discovery/discovery.hpp"
#include "core/model/scrape.hpp"
#include "core/net/dns.hpp"

#include <memory>

namespace davy::collector {

std::unique_ptr<Discovery> create_discovery(Side side, const SideSpec& spec, const ScrapeSpec& scrape,
                                            std::shared_ptr<net::Resolver> resolver);

}  // namespace davy::collector
