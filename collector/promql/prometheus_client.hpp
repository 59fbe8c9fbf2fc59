#pragma once

// One server of Prometheus' query API: Prometheus, Thanos, Mimir, VictoriaMetrics. One instant query at a
// time of the caller's; one client serves many coroutines of one loop.
//
// A server that asks for patience (429 or 503 with Retry-After) gets it: within the deadline the query is
// sent once more, beyond it nothing is sent before that time. Errors, each with the server's address: invalid
// (bad_query: the server does not understand the query), denied (auth), unsupported (http_status),
// unavailable (busy, http_status), malformed (parse), over_limit (body_size_limit, sample_limit), and those
// of HttpClient.

#include "collector/promql/query_answer.hpp"
#include "core/model/scrape.hpp"
#include "core/net/http_client.hpp"

#include <memory>
#include <optional>
#include <string>

namespace davy::collector {

struct AskedAnswer {
  QueryAnswer answer;
  Duration took{};
  std::size_t body_bytes = 0;
};

class PrometheusClient {
 public:
  // With `as_of` every query is of that clock's wall time, and not of the server's now: the past, again.
  PrometheusClient(boost::asio::any_io_executor executor, std::shared_ptr<net::Resolver> resolver,
                   const PrometheusSource& server, const ScrapeSpec& limits,
                   std::shared_ptr<const Clock> as_of = nullptr);

  const std::string& url() const { return url_; }

  boost::asio::awaitable<Result<AskedAnswer>> ask(std::string query, net::Deadline deadline);

 private:
  boost::asio::awaitable<Result<net::HttpResponse>> send(const std::string& query, net::Deadline deadline);
  Error refused(const net::HttpResponse& response) const;

  std::string url_;
  std::size_t body_bytes_max_, series_max_;
  net::HttpClient client_;
  std::shared_ptr<const Clock> as_of_;
  std::optional<Instant> not_before_;  // the server asked to be left alone until then
};

}  // namespace davy::collector
