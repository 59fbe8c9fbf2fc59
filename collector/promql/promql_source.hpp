#pragma once

// Numbers by asking: every round the raw series of both sides' checks and the queries of promql checks, from
// the sides' Prometheus servers, all at the same time and within scrape.timeout.
//
// Each member of a side is a reading, as if it had been scraped at the time of its newest sample. A round
// that brings no new sample says so (nothing_new), and a new one says of when it is (as_of); when none comes
// any more, ticks go on without. A server that cannot be asked is one reading with a problem for its side;
// nothing is then known, and nothing new said, of either side. A side without any recent series is one
// reading without samples. The queries' numbers stand apart, each with its own problem. Causes of problems:
// those of PrometheusClient and one_number(), partial, clock, stale, no_data.

#include "collector/metric_source.hpp"
#include "collector/promql/prometheus_client.hpp"
#include "collector/promql/raw_queries.hpp"
#include "collector/promql/side_series.hpp"
#include "core/model/check.hpp"
#include "core/model/scrape.hpp"
#include "core/model/target.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace davy::collector {

class PromqlSource final : public MetricSource {
 public:
  // Sides without prometheus are not asked for. `of_the_past`: the servers are asked as of the clock's wall
  // time.
  PromqlSource(boost::asio::any_io_executor executor, std::shared_ptr<net::Resolver> resolver,
               std::shared_ptr<const Clock> clock, ScrapeSpec spec, const std::vector<Check>& checks,
               const SideSpec& canary, const SideSpec& baseline, bool of_the_past = false);
  ~PromqlSource() override;

  boost::asio::awaitable<Batch> collect(Instant now) override;

  // What the servers know of the last five minutes, as the batches that rounds would have given. Empty when
  // they do not answer, and when they have been asked before.
  boost::asio::awaitable<std::vector<Batch>> history(Instant now) override;

  // Asks everything once. Error: invalid, when the servers do not understand a query or it does not give one
  // number. What may be well tomorrow (nobody answers, no data) is no error.
  boost::asio::awaitable<Result<void>> check();

 private:
  struct OneQuery {
    std::string check;
    std::string text;
  };
  struct AskedSide {
    AskedSide(Side side_, const SideSpec& spec, const std::vector<Check>& checks);
    Side side;
    std::string url;
    std::string members_label;
    bool accept_partial = false;
    std::vector<RawQuery> raw;
    std::vector<OneQuery> queries;
    SideSeries series;
    std::unique_ptr<PrometheusClient> client;
    double lookback_max_s = 300;  // less where five minutes are more than body_size_limit

    // Of the newest round.
    std::vector<std::optional<Result<AskedAnswer>>> raw_answers, query_answers;
    std::optional<Result<AskedAnswer>> clock_answer;
    std::optional<Error> skew;     // its clock is not ours
    std::optional<Error> problem;  // of its server, or of a raw query
    std::string partial;           // accepted, and said
    double now = 0;                // by the server's clock ...
    Instant asked_at{};            // ... at this moment of ours
    WallTime asked_wall{};
    std::optional<Instant> epoch;  // the server's time zero, kept as long as the clocks run alike
  };

  boost::asio::awaitable<void> ask_all();
  boost::asio::awaitable<void> ask_one(AskedSide& side, std::string query, net::Deadline deadline,
                                       std::optional<Result<AskedAnswer>>& answer);
  void understand(AskedSide& side);
  void read_clock(AskedSide& side);
  static std::optional<Error> trouble(AskedSide& side, const Result<AskedAnswer>& answer);
  std::string lookback(const AskedSide& side) const;
  bool is_step_due() const;
  bool is_quiet() const;
  void end_quiet_tick(Batch& batch);
  Instant later(Instant at);
  void add_step(double back_s, Batch& batch);
  void add_members(const AskedSide& side, Batch& batch) const;
  void add_queries(AskedSide& side, Batch& batch) const;

  std::shared_ptr<const Clock> clock_;
  ScrapeSpec spec_;
  std::vector<std::unique_ptr<AskedSide>> sides_;
  std::optional<Instant> as_of_;
  bool has_raw_ = false;
};

}  // namespace davy::collector
