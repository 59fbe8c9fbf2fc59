#pragma once

// Where a policy's numbers come from, built for whoever wants to read them: a watch, or the doctor.

#include "app/cluster.hpp"
#include "collector/metric_source.hpp"
#include "collector/parse/reading_sink.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <memory>

namespace davy::app {

// Both sides come from Prometheus, or neither does: the policy has been checked for that. `wanted`: what is
// kept of a scrape; a Prometheus is asked for what the checks need. Errors: those of Cluster.
Result<std::unique_ptr<collector::MetricSource>> make_source(boost::asio::any_io_executor executor,
                                                             std::shared_ptr<net::Resolver> resolver,
                                                             std::shared_ptr<const Clock> clock,
                                                             const config::Policy& policy, Cluster& cluster,
                                                             collector::WantedNames wanted);

}  // namespace davy::app
