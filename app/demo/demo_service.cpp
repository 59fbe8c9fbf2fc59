#include "app/demo/demo_service.hpp"

#include "core/net/into.hpp"

#include <boost/asio/steady_timer.hpp>
#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace davy::app {
namespace asio = boost::asio;
using net::HttpRequest;
using net::HttpResponse;

struct DemoService::State {
  explicit State(asio::any_io_executor e) : executor(std::move(e)) {}

  asio::awaitable<HttpResponse> work() {
    asio::steady_timer timer(executor, behaviour.latency);
    boost::system::error_code ec;
    co_await timer.async_wait(net::into(ec));
    latency.Observe(seconds(behaviour.latency));
    // Errors come evenly: every 1/share-th request fails.
    debt += behaviour.error_share;
    const bool fails = debt >= 1;
    if (fails) debt -= 1;
    if (fails && !first_failure) first_failure = std::chrono::steady_clock::now();
    (fails ? failed : served).Increment();
    co_return HttpResponse(fails ? 500 : 200, fails ? "failed\n" : "done\n");
  }

  asio::any_io_executor executor;
  Behaviour behaviour;
  double debt = 0;
  std::optional<Instant> first_failure;
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      prometheus::BuildCounter().Name("http_requests_total").Help("Requests by code.").Register(registry);
  prometheus::Counter& served = requests.Add({{"code", "200"}});
  prometheus::Counter& failed = requests.Add({{"code", "500"}});
  prometheus::Histogram& latency =
      prometheus::BuildHistogram()
          .Name("http_request_duration_seconds")
          .Help("Time to answer.")
          .Register(registry)
          .Add({}, prometheus::Histogram::BucketBoundaries{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1});
};

DemoService::DemoService(asio::any_io_executor executor, int port)
    : state_(std::make_shared<State>(executor)) {
  net::Router router;
  router.add("GET", "/work",
             [state = state_](const HttpRequest&, const net::PathValues&) { return state->work(); });
  router.add("GET", "/metrics",
             [state = state_](const HttpRequest&, const net::PathValues&) -> asio::awaitable<HttpResponse> {
               std::string text = prometheus::TextSerializer().Serialize(state->registry.Collect());
               co_return HttpResponse(200, std::move(text), "text/plain; version=0.0.4; charset=utf-8");
             });
  net::HttpServerOptions options;
  options.port = port;
  options.connections_max = 4096;
  server_ = std::make_unique<net::HttpServer>(std::move(executor), std::move(options), std::move(router));
}

DemoService::~DemoService() = default;

Result<void> DemoService::start() { return server_->start(); }
std::string DemoService::origin() const { return server_->origin(); }
std::optional<Instant> DemoService::first_failure() const { return state_->first_failure; }
Behaviour& DemoService::behaviour() { return state_->behaviour; }

}  // namespace davy::app
