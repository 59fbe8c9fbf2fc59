#include "collector/scrape/scrape_source.hpp"

#include "collector/scrape/scrape_answer.hpp"
#include "collector/scrape/together.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace davy::collector {
namespace asio = boost::asio;
namespace {

net::HttpClientOptions client_options(const ScrapeSpec& spec) {
  net::HttpClientOptions options;
  options.access = spec.access;
  return options;
}

ExpositionLimits limits_of(const ScrapeSpec& spec) {
  return {spec.sample_limit, spec.label_limit, spec.label_name_length_limit, spec.label_value_length_limit};
}

}  // namespace

ScrapeSource::ScrapeSource(asio::any_io_executor executor, std::shared_ptr<net::Resolver> resolver,
                           ScrapeSpec spec, std::unique_ptr<Discovery> canary,
                           std::unique_ptr<Discovery> baseline, WantedNames wanted)
    : spec_(std::move(spec)),
      canary_(std::move(canary)),
      baseline_(std::move(baseline)),
      wanted_(std::move(wanted)),
      client_(std::move(executor), std::move(resolver), client_options(spec_)) {}

ScrapeSource::~ScrapeSource() = default;

asio::awaitable<Batch> ScrapeSource::collect(Instant now) {
  Batch batch;
  batch.at = now;
  Found canary;
  Found baseline;
  std::vector<std::vector<Work>> searches(2);
  searches[0].emplace_back([&] { return discover(*canary_, canary); });
  searches[1].emplace_back([&] { return discover(*baseline_, baseline); });
  co_await run_together(std::move(searches), 1);
  add_targets(canary, batch, Side::canary);
  add_targets(baseline, batch, Side::baseline);
  batch.instances = std::move(canary.instances);
  batch.instances.insert(batch.instances.end(), baseline.instances.begin(), baseline.instances.end());
  batch.baseline_replaced = baseline.replaced;

  const net::Deadline round_end = net::Deadline::after(2 * spec_.timeout);
  std::vector<std::vector<Work>> scrapes(2);
  for (TargetReading& reading : batch.readings) {
    if (reading.problem) continue;
    scrapes[reading.for_canary ? 0 : 1].emplace_back([&] { return scrape(reading, round_end); });
  }
  co_await run_together(std::move(scrapes), at_once_per_side);

  std::set<std::string_view> named;
  for (TargetReading& reading : batch.readings) {
    reading.at = now + reading.took;
    named.insert(reading.target);
  }
  std::erase_if(known_, [&](const auto& item) { return !named.contains(item.first); });
  co_return batch;
}

asio::awaitable<void> ScrapeSource::discover(Discovery& discovery, Found& found) {
  auto search = discovery.targets();
  auto targets = co_await std::move(search);
  found.problems = discovery.problems();
  found.instances = discovery.instances();
  found.replaced = discovery.replaced();
  if (targets) {
    found.targets = std::move(*targets);
  } else {
    found.problems.insert(found.problems.begin(), targets.error());
  }
}

void ScrapeSource::add_targets(const Found& found, Batch& batch, Side side) {
  batch.problems.insert(batch.problems.end(), found.problems.begin(), found.problems.end());
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < batch.readings.size(); ++i) places.emplace(batch.readings[i].target, i);
  std::size_t count = 0;
  for (const Target& target : found.targets) {
    const auto [place, is_new] = places.emplace(target.id, batch.readings.size());
    if (is_new) {
      TargetReading reading;
      reading.target = target.id;
      reading.url = target.url;
      reading.labels = target.labels;
      batch.readings.push_back(std::move(reading));
    }
    TargetReading& reading = batch.readings[place->second];
    bool& speaks = side == Side::canary ? reading.for_canary : reading.for_baseline;
    if (std::exchange(speaks, true)) continue;  // named twice
    if (++count <= spec_.target_limit || !is_new) continue;
    reading.problem =
        Error(ErrorKind::over_limit,
              fmt::format("{} is beyond target_limit ({})", target.url, spec_.target_limit), "target_limit");
  }
}

asio::awaitable<void> ScrapeSource::scrape(TargetReading& reading, net::Deadline round_end) {
  Known& known =
      known_.try_emplace(reading.target, Known{ReadingSink(wanted_, reading.labels)}).first->second;
  const auto start = std::chrono::steady_clock::now();
  const net::Deadline deadline = net::Deadline::after(spec_.timeout).or_sooner(round_end.at());
  auto exchange = get(reading, known.text_only, deadline);
  const auto response = co_await std::move(exchange);
  reading.took = std::chrono::steady_clock::now() - start;
  if (response) {
    read(*response, known, reading);
  } else {
    reading.problem = response.error();
  }
  if (reading.problem) reading.problem = reading.problem->within("scrape " + reading.url);
}

asio::awaitable<Result<net::HttpResponse>> ScrapeSource::get(const TargetReading& reading, bool text_only,
                                                             net::Deadline deadline) {
  net::HttpRequest request("GET", reading.url);
  request.headers.set("Accept", std::string(accepted_formats(text_only)));
  request.headers.set("X-Prometheus-Scrape-Timeout-Seconds", fmt::format("{}", seconds(spec_.timeout)));
  request.body_bytes_max = spec_.body_size_limit;
  auto exchange = client_.send(std::move(request), deadline);
  co_return co_await std::move(exchange);
}

void ScrapeSource::read(const net::HttpResponse& response, Known& known, TargetReading& reading) {
  reading.body_bytes = response.body.size();
  reading.server_time = server_time(response);
  const auto format = format_of(response);
  if (!format) {
    reading.problem = format.error();
    return;
  }
  auto body = known.sink.read(response.body, *format, limits_of(spec_));
  if (!body) {
    reading.problem = body.error();
    if (*format == ExpositionFormat::openmetrics && body.error().cause() == "parse") known.text_only = true;
    return;
  }
  reading.sample_count = body->summary.samples;
  reading.timestamped_samples = body->summary.timestamped;
  reading.duplicate_samples = body->duplicates;
  reading.process_start_time = body->process_start_time;
  reading.samples = std::move(body->samples);
  if (reading.sample_count == 0)
    reading.problem = Error(ErrorKind::not_found, "no series in the answer", "no_series");
}

}  // namespace davy::collector
