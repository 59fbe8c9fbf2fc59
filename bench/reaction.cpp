// How long from the first bad response to the deploy API's receipt of the rollback: real sockets, one scrape
// a second, 0 to 50% errors at an instant that walks through the scrape interval from run to run. Not a
// Google Benchmark: what is measured is a whole house, once a run.

#include "app/demo/demo_town.hpp"
#include "app/services.hpp"
#include "config/policy_loader.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <fmt/format.h>
#include <vector>

namespace {

using namespace davy;
using namespace std::chrono_literals;

constexpr const char* policy_text = R"(version: davy/v1
service: reaction
canary: {{targets: [{}/metrics]}}
baseline: {{targets: [{}/metrics, {}/metrics, {}/metrics]}}
scrape: {{interval: 1s, timeout: 800ms}}
window: 60s
warmup: 0s
checks:
  - name: errors
    ratio: {{errors: 'http_requests_total{{code="500"}}', total: http_requests_total}}
    max: 5%
    method: threshold
    confirmations: {}
    lookback: 2s
rollback:
  - http: {{url: {}/rollback}}
)";

// Seconds from the first bad response to the rollback's receipt.
double one_run(Duration trouble_after, int confirmations) {
  boost::asio::io_context loop;
  app::DemoTown town(loop);
  town.start(200, 0.2).value();
  const auto baseline = town.baseline();
  const std::string text =
      fmt::format(policy_text, town.canary().origin(), baseline[0]->origin(), baseline[1]->origin(),
                  baseline[2]->origin(), confirmations, town.deploy_api());
  const auto loaded = config::load_policy(text, "reaction.yaml", config::empty_environment());
  app::WatchOptions options;
  options.log_level = telemetry::Level::error;
  auto watch = app::Watch::create(loop, *loaded.policy, std::move(options)).value();
  OperatorRequest start;
  start.kind = OperatorRequest::Kind::start_release;
  watch->request(std::move(start));
  boost::asio::steady_timer trouble(loop, trouble_after);
  trouble.async_wait([&](boost::system::error_code) { town.canary().behaviour().error_share = 0.5; });
  watch->run(true);
  return seconds(*town.rollback_received() - *town.canary().first_failure());
}

void measure(int runs, int confirmations) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) times.push_back(one_run(2500ms + i * 1000ms / runs, confirmations));
  std::sort(times.begin(), times.end());
  fmt::print(
      "confirmations {}: {} runs, first bad response to rollback received: min {:.3f} s, median {:.3f} s, "
      "max {:.3f} s\n",
      confirmations, runs, times.front(), times[times.size() / 2], times.back());
}

}  // namespace

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::max(1, std::atoi(argv[1])) : 20;
  measure(runs, 1);
  measure(runs, 2);
}
