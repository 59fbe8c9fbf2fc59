#pragma once

// A scrape source with short deadlines, and one round of it.

#include "collector/discovery/static_targets.hpp"
#include "collector/scrape/scrape_source.hpp"
#include "tests/support/hostile_server.hpp"
#include "tests/support/run.hpp"

#include <doctest/doctest.h>

namespace davy::test {

class Scraping {
 public:
  Scraping() {
    spec.timeout = std::chrono::milliseconds(150);
    spec.access.follow_redirects = false;
  }

  Batch round(std::vector<std::string> canary, std::vector<std::string> baseline = {}) {
    if (!source_ || canary != canary_ || baseline != baseline_) {
      source_ = std::make_unique<collector::ScrapeSource>(
          loop.get_executor(), std::make_shared<net::Resolver>(loop.get_executor()), spec,
          std::make_unique<collector::StaticTargets>(Side::canary, canary, spec),
          std::make_unique<collector::StaticTargets>(Side::baseline, baseline, spec),
          collector::WantedNames{.all = true, .names = {}});
      canary_ = std::move(canary);
      baseline_ = std::move(baseline);
    }
    return run(loop, source_->collect(Instant(std::chrono::hours(1))));
  }

  // What one target with this script gives.
  TargetReading scrape(Script script) {
    HostileServer server(loop, std::move(script));
    Batch batch = round({server.url()});
    source_.reset();
    REQUIRE(batch.readings.size() == 1);
    return batch.readings.front();
  }
  std::string cause(Script script) {
    const TargetReading reading = scrape(std::move(script));
    CHECK(reading.samples.empty());
    return reading.problem ? std::string(reading.problem->cause()) : "none";
  }

  boost::asio::io_context loop;
  ScrapeSpec spec;

 private:
  std::unique_ptr<collector::ScrapeSource> source_;
  std::vector<std::string> canary_, baseline_;
};

}  // namespace davy::test
