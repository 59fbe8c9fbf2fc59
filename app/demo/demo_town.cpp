#include "app/demo/demo_town.hpp"

#include "core/net/into.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <set>

namespace davy::app {
namespace asio = boost::asio;
using namespace std::chrono_literals;
using net::HttpRequest;
using net::HttpResponse;

struct DemoTown::State {
  explicit State(asio::io_context& l) : loop(l), resolver(std::make_shared<net::Resolver>(l.get_executor())) {
    net::HttpClientOptions options;
    options.idle_per_origin_max = 64;
    client = std::make_unique<net::HttpClient>(l.get_executor(), resolver, std::move(options));
  }

  asio::awaitable<void> one_request(std::string url) {
    HttpRequest request("GET", std::move(url));
    const auto ignored = co_await client->send(std::move(request), net::Deadline::after(5s));
    (void)ignored;
  }

  // Requests at an even pace; the canary gets its share of them, spread evenly.
  static asio::awaitable<void> drive(std::shared_ptr<State> self, double rps) {
    asio::steady_timer pace(self->loop);
    auto next = std::chrono::steady_clock::now();
    double canary_debt = 0;
    std::size_t turn = 0;
    while (true) {
      canary_debt += self->canary_share;
      const bool to_canary = canary_debt >= 1;
      if (to_canary) canary_debt -= 1;
      const std::string& origin = self->origins[to_canary ? 0 : 1 + turn++ % (self->origins.size() - 1)];
      asio::co_spawn(self->loop, self->one_request(origin + "/work"), [](std::exception_ptr) {});
      next += from_seconds(1 / rps);
      pace.expires_at(next);
      boost::system::error_code ec;
      co_await pace.async_wait(net::into(ec));
    }
  }

  asio::awaitable<HttpResponse> roll_back(const HttpRequest& request) {
    const std::string key(request.headers.get("Idempotency-Key").value_or(""));
    if (!received) received = std::chrono::steady_clock::now();
    if (seen.insert(key).second) ++rollbacks;
    canary_share = 0;
    co_return HttpResponse(200, "{\"status\":\"rolled back\"}\n", "application/json");
  }

  asio::io_context& loop;
  std::shared_ptr<net::Resolver> resolver;
  std::unique_ptr<net::HttpClient> client;
  std::vector<std::string> origins;
  double canary_share = 0;
  int rollbacks = 0;
  std::optional<Instant> received;
  std::set<std::string> seen;
};

DemoTown::DemoTown(asio::io_context& loop) : state_(std::make_shared<State>(loop)) {
  for (int i = 0; i < 6; ++i) services_.push_back(std::make_unique<DemoService>(loop.get_executor()));
  net::Router router;
  router.add("POST", "/rollback", [state = state_](const HttpRequest& request, const net::PathValues&) {
    return state->roll_back(request);
  });
  router.add("GET", "/canary",
             [state = state_](const HttpRequest&, const net::PathValues&) -> asio::awaitable<HttpResponse> {
               const char* body =
                   state->canary_share > 0 ? "{\"canary\":\"serving\"}\n" : "{\"canary\":\"out\"}\n";
               co_return HttpResponse(200, body, "application/json");
             });
  deploys_ =
      std::make_unique<net::HttpServer>(loop.get_executor(), net::HttpServerOptions(), std::move(router));
}

DemoTown::~DemoTown() = default;

Result<void> DemoTown::start(double requests_per_second, double canary_share) {
  if (auto started = deploys_->start(); !started) return started;
  for (const auto& service : services_) {
    if (auto started = service->start(); !started) return started;
    state_->origins.push_back(service->origin());
  }
  state_->canary_share = canary_share;
  asio::co_spawn(state_->loop, State::drive(state_, requests_per_second), [](std::exception_ptr) {});
  return {};
}

std::vector<DemoService*> DemoTown::baseline() {
  std::vector<DemoService*> out;
  for (std::size_t i = 1; i < services_.size(); ++i) out.push_back(services_[i].get());
  return out;
}

std::optional<Instant> DemoTown::rollback_received() const { return state_->received; }
void DemoTown::give_canary(double share) { state_->canary_share = share; }

int DemoTown::rollbacks() const { return state_->rollbacks; }

}  // namespace davy::app
