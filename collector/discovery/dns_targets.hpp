#pragma once

// Targets behind a name: one for each address (A and AAAA), or for each host and port of an SRV record.
//
// When the name servers do not answer, the targets they last named stay, and that is a problem; a name that
// does not exist has no targets.

#include "collector/discovery/discovery.hpp"
#include "core/model/scrape.hpp"
#include "core/net/dns.hpp"

#include <memory>
#include <optional>

namespace davy::collector {

class DnsTargetsDiscovery final : public Discovery {
 public:
  DnsTargetsDiscovery(Side side, DnsTargets name, ScrapeSpec spec, std::shared_ptr<net::Resolver> resolver);
  boost::asio::awaitable<Result<std::vector<Target>>> targets() override;
  std::vector<Error> problems() const override;

 private:
  boost::asio::awaitable<Result<std::vector<std::string>>> places();

  Side side_;
  DnsTargets name_;
  ScrapeSpec spec_;
  std::shared_ptr<net::Resolver> resolver_;
  std::vector<Target> last_;
  std::optional<Error> problem_;
};

}  // namespace davy::collector
