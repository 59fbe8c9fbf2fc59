#pragma once

// What a side's Prometheus knows under the names that the checks use, and, where it knows nothing, which
// names it has at all: so that a name or a label that was meant can be shown.

#include "core/model/check.hpp"
#include "core/model/metric.hpp"
#include "core/model/scrape.hpp"
#include "core/net/dns.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <vector>

namespace davy::app::doctor {

// `known` matched already: only selectors without a match are asked for. What cannot be asked is left out.
boost::asio::awaitable<std::vector<Series>> ask_for_names(boost::asio::any_io_executor executor,
                                                          std::shared_ptr<net::Resolver> resolver,
                                                          SideSpec side, ScrapeSpec limits,
                                                          std::vector<Check> checks,
                                                          std::vector<const Series*> known);

}  // namespace davy::app::doctor
