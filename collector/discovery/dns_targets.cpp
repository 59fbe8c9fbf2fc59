#include "collector/discovery/dns_targets.hpp"

#include "collector/discovery/target_url.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

namespace davy::collector {

DnsTargetsDiscovery::DnsTargetsDiscovery(Side side, DnsTargets name, ScrapeSpec spec,
                                         std::shared_ptr<net::Resolver> resolver)
    : side_(side), name_(std::move(name)), spec_(std::move(spec)), resolver_(std::move(resolver)) {}

// host:port of every answer.
boost::asio::awaitable<Result<std::vector<std::string>>> DnsTargetsDiscovery::places() {
  const net::Deadline deadline = net::Deadline::after(spec_.timeout);
  std::vector<std::string> out;
  if (name_.type == "SRV") {
    const auto records = co_await resolver_->services(name_.name, deadline);
    if (!records) co_return records.error();
    for (const net::SrvRecord& record : *records)
      out.push_back(fmt::format("{}:{}", record.host, record.port));
    co_return out;
  }
  const auto addresses = co_await resolver_->addresses(name_.name, deadline);
  if (!addresses) co_return addresses.error();
  for (const auto& address : *addresses) {
    out.push_back(address.is_v6() ? fmt::format("[{}]:{}", address.to_string(), name_.port)
                                  : fmt::format("{}:{}", address.to_string(), name_.port));
  }
  co_return out;
}

boost::asio::awaitable<Result<std::vector<Target>>> DnsTargetsDiscovery::targets() {
  problem_.reset();
  const auto found = co_await places();
  if (!found) {
    const Error why = found.error().within(fmt::format("{}.dns", to_text(side_)));
    if (last_.empty() || why.kind() == ErrorKind::not_found) co_return why;
    problem_ = why;
    co_return last_;
  }
  std::vector<Target> out;
  for (const std::string& place : *found) {
    auto target = make_target(place, side_, spec_);
    if (!target) co_return target.error();
    out.push_back(std::move(*target));
  }
  last_ = out;
  co_return out;
}

std::vector<Error> DnsTargetsDiscovery::problems() const {
  return problem_ ? std::vector<Error>{*problem_} : std::vector<Error>{};
}

}  // namespace davy::collector
