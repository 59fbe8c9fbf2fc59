#include "collector/promql/prometheus_client.hpp"

#include "core/base/text.hpp"
#include "core/net/into.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

namespace davy::collector {
namespace asio = boost::asio;
namespace {

// However long a server asks to be left alone.
constexpr Duration patience_max = std::chrono::minutes(1);

net::HttpClientOptions client_options(const PrometheusSource& server) {
  net::HttpClientOptions options;
  options.access = server.access;
  return options;
}

// lookback_delta (Prometheus, Thanos) and step (VictoriaMetrics): a value older than half the usual five
// minutes is none. nocache: VictoriaMetrics otherwise answers as of half a minute ago. timeout: what we do
// not wait for is not computed.
std::string form(const std::string& query, net::Deadline deadline, const Clock* as_of) {
  std::string out = fmt::format("query={}&timeout={:.1f}&lookback_delta=150s&step=150s&nocache=1",
                                percent_encoded(query), std::max(0.1, seconds(deadline.left())));
  if (as_of != nullptr)
    out += fmt::format("&time={:.3f}", static_cast<double>(as_of->wall().time_since_epoch().count()) / 1000);
  return out;
}

bool asks_for_patience(const net::HttpResponse& response) {
  return (response.status == 429 || response.status == 503) && response.retry_after().has_value();
}

}  // namespace

PrometheusClient::PrometheusClient(asio::any_io_executor executor, std::shared_ptr<net::Resolver> resolver,
                                   const PrometheusSource& server, const ScrapeSpec& limits,
                                   std::shared_ptr<const Clock> as_of)
    : url_(server.url),
      body_bytes_max_(limits.body_size_limit),
      series_max_(limits.sample_limit),
      client_(std::move(executor), std::move(resolver), client_options(server)),
      as_of_(std::move(as_of)) {}

asio::awaitable<Result<AskedAnswer>> PrometheusClient::ask(std::string query, net::Deadline deadline) {
  const std::string what = "ask " + url_;
  const auto start = std::chrono::steady_clock::now();
  if (not_before_ && start < *not_before_) {
    co_return Error(ErrorKind::unavailable,
                    fmt::format("{}: it asked to be left alone for some time, and is", what), "busy");
  }
  not_before_.reset();
  auto exchange = send(query, deadline);
  auto response = co_await std::move(exchange);
  if (response && asks_for_patience(*response)) {
    const Duration wait = std::min<Duration>(*response->retry_after(), patience_max);
    if (wait < deadline.left()) {
      asio::steady_timer pause(co_await asio::this_coro::executor, wait);
      boost::system::error_code ignored;
      co_await pause.async_wait(net::into(ignored));
      auto again = send(query, deadline);
      response = co_await std::move(again);
    }
    if (response && asks_for_patience(*response))
      not_before_ =
          std::chrono::steady_clock::now() + std::min<Duration>(*response->retry_after(), patience_max);
  }
  if (!response) co_return response.error().within(what);
  if (response->status != 200) co_return refused(*response).within(what);
  auto answer = read_answer(response->body, series_max_);
  if (!answer) co_return answer.error().within(what);
  AskedAnswer asked;
  asked.answer = std::move(*answer);
  asked.took = std::chrono::steady_clock::now() - start;
  asked.body_bytes = response->body.size();
  co_return asked;
}

asio::awaitable<Result<net::HttpResponse>> PrometheusClient::send(const std::string& query,
                                                                  net::Deadline deadline) {
  net::HttpRequest request("POST", url_ + "/api/v1/query");
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  request.headers.set("Accept", "application/json");
  request.body = form(query, deadline, as_of_.get());
  request.body_bytes_max = body_bytes_max_;
  auto exchange = client_.send(std::move(request), deadline);
  co_return co_await std::move(exchange);
}

Error PrometheusClient::refused(const net::HttpResponse& response) const {
  const int status = response.status;
  const std::string said = error_text(response.body);
  const std::string line =
      net::to_status_line(status) + (said.empty() ? std::string() : fmt::format(": {}", said));
  switch (status) {
    case 400:
    case 422: return Error(ErrorKind::invalid, line + "; correct the query in the policy", "bad_query");
    case 401:
    case 403:
      return Error(ErrorKind::denied, line + "; check prometheus.authorization or basic_auth", "auth");
    case 404: return Error(ErrorKind::unsupported, line + "; check prometheus.url", "http_status");
    case 429: return Error(ErrorKind::unavailable, line, "busy");
    default: break;
  }
  if (status >= 500) return Error(ErrorKind::unavailable, line, status == 503 ? "busy" : "http_status");
  return Error(ErrorKind::unsupported, line, "http_status");
}

}  // namespace davy::collector
