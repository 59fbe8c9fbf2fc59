#pragma once

// Numbers by scraping: every round all targets of both sides at the same time, each within its own deadline
// and limits.
//
// A URL that speaks for both sides is scraped once. Targets beyond target_limit, and targets that fail, are
// readings with a problem; nothing is ever left out in silence, and a body that exceeds a limit is dropped
// whole. Each side has its own places for running scrapes, so a canary that hangs never delays the baseline.
// Causes of problems: those of HttpClient and format_of(), parse, sample_limit, label_limit,
// label_name_length_limit, label_value_length_limit, target_limit.

#include "collector/discovery/discovery.hpp"
#include "collector/metric_source.hpp"
#include "collector/parse/reading_sink.hpp"
#include "core/model/scrape.hpp"
#include "core/net/http_client.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace davy::collector {

class ScrapeSource final : public MetricSource {
 public:
  static constexpr std::size_t at_once_per_side = 64;

  ScrapeSource(boost::asio::any_io_executor executor, std::shared_ptr<net::Resolver> resolver,
               ScrapeSpec spec, std::unique_ptr<Discovery> canary, std::unique_ptr<Discovery> baseline,
               WantedNames wanted);
  ~ScrapeSource() override;

  boost::asio::awaitable<Batch> collect(Instant now) override;

 private:
  // What is kept of a target between rounds.
  struct Known {
    ReadingSink sink;
    bool text_only = false;  // its OpenMetrics could not be read: it is asked for text from then on
  };
  struct Found {
    std::vector<Target> targets;
    std::vector<Error> problems;
    std::vector<InstanceState> instances;
    bool replaced = false;
  };

  boost::asio::awaitable<void> discover(Discovery& discovery, Found& found);
  void add_targets(const Found& found, Batch& batch, Side side);
  boost::asio::awaitable<void> scrape(TargetReading& reading, net::Deadline round_end);
  boost::asio::awaitable<Result<net::HttpResponse>> get(const TargetReading& reading, bool text_only,
                                                        net::Deadline deadline);
  void read(const net::HttpResponse& response, Known& known, TargetReading& reading);

  ScrapeSpec spec_;
  std::unique_ptr<Discovery> canary_, baseline_;
  WantedNames wanted_;
  net::HttpClient client_;
  std::map<std::string, Known> known_;  // by target
};

}  // namespace davy::collector
