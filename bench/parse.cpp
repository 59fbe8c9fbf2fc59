// How fast expositions are read: a made-up service's dump, and real ones where DAVY_SHARED_DATA names a
// folder of them.

#include "collector/parse/openmetrics_text.hpp"
#include "collector/parse/prometheus_text.hpp"
#include "collector/parse/reading_sink.hpp"
#include "collector/store/window_builder.hpp"

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using namespace davy;
using namespace davy::collector;

// A service with 100 routes: requests by code, latencies in 12 buckets; about 2,600 samples.
std::string make_dump(int generation, bool openmetrics) {
  std::string out = openmetrics ? "# TYPE http_requests counter\n" : "# TYPE http_requests_total counter\n";
  for (int route = 0; route < 100; ++route) {
    for (const int code : {200, 201, 301, 404, 500, 502, 503, 504, 400, 401, 403}) {
      out += fmt::format("http_requests_total{{code=\"{}\",method=\"GET\",route=\"/api/v1/things/{}\"}} {}\n",
                         code, route, generation * 17 + route);
    }
  }
  out += "# TYPE http_request_duration_seconds histogram\n";
  for (int route = 0; route < 100; ++route) {
    int count = 0;
    for (const char* le :
         {"0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0", "+Inf"}) {
      out += fmt::format("http_request_duration_seconds_bucket{{route=\"/api/v1/things/{}\",le=\"{}\"}} {}\n",
                         route, le, count += generation + 3);
    }
    out +=
        fmt::format("http_request_duration_seconds_sum{{route=\"/api/v1/things/{}\"}} {}.25\n", route, count);
    out +=
        fmt::format("http_request_duration_seconds_count{{route=\"/api/v1/things/{}\"}} {}\n", route, count);
  }
  return openmetrics ? out + "# EOF\n" : out;
}

class Dropping final : public SampleSink {
 public:
  bool wants(std::string_view) override { return false; }
  void take(const SampleView&) override {}
};

void report(benchmark::State& state, std::size_t bytes, std::size_t samples) {
  const auto rounds = static_cast<double>(state.iterations());
  state.counters["bytes/s"] =
      benchmark::Counter(rounds * static_cast<double>(bytes), benchmark::Counter::kIsRate);
  state.counters["samples/s"] =
      benchmark::Counter(rounds * static_cast<double>(samples), benchmark::Counter::kIsRate);
}

void drop_all(benchmark::State& state, const std::string& body, bool openmetrics) {
  std::size_t samples = 0;
  for (auto _ : state) {
    Dropping sink;
    const auto result =
        openmetrics ? parse_openmetrics(body, {}, sink) : parse_prometheus_text(body, {}, sink);
    samples = result ? result->samples : 0;
  }
  report(state, body.size(), samples);
}

// Every sample is kept, as series that are known already.
void keep_all(benchmark::State& state, const std::string& body, bool openmetrics) {
  ReadingSink sink({.all = true, .names = {}}, {});
  std::size_t samples = 0;
  for (auto _ : state) {
    const auto read =
        sink.read(body, openmetrics ? ExpositionFormat::openmetrics : ExpositionFormat::text, {});
    samples = read ? read->summary.samples : 0;
    benchmark::DoNotOptimize(read);
  }
  report(state, body.size(), samples);
}

// A whole round of one target: parse, take increases, close a tick of two checks.
void whole_round(benchmark::State& state) {
  Check errors;
  errors.name = "errors";
  errors.errors = {"http_requests_total", {{"code", MatchKind::regex, "5.."}}};
  errors.total = {"http_requests_total", {}};
  Check latency;
  latency.name = "latency";
  latency.kind = CheckKind::latency;
  latency.histogram = {"http_request_duration_seconds", {}};
  auto builder = *WindowBuilder::create({errors, latency}, {}, {}, {});
  builder.start_release(Instant{});
  ReadingSink sink(builder.wanted(), {});
  std::vector<std::string> bodies;
  for (int i = 0; i < 4; ++i) bodies.push_back(make_dump(i, false));
  Batch batch;
  batch.at = Instant(std::chrono::hours(1));
  std::size_t samples = 0;
  std::size_t round = 0;
  for (auto _ : state) {
    const std::string& body = bodies[round++ % bodies.size()];
    auto read = sink.read(body, ExpositionFormat::text, {});
    samples = read->summary.samples;
    batch.at += std::chrono::seconds(5);
    TargetReading reading;
    reading.target = "target";
    reading.for_canary = true;
    reading.at = batch.at;
    reading.samples = std::move(read->samples);
    batch.readings.assign(1, std::move(reading));
    builder.add(batch);
  }
  report(state, bodies[0].size(), samples);
}

void add_folder(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.file_size() < 200'000 || entry.path().extension() != ".txt")
      continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string body{std::istreambuf_iterator<char>(stream), {}};
    const std::string name = entry.path().stem().string();
    benchmark::RegisterBenchmark(("text/drop/" + name).c_str(), drop_all, body, false);
    benchmark::RegisterBenchmark(("text/keep/" + name).c_str(), keep_all, body, false);
  }
}

}  // namespace

int main(int argc, char** argv) {
  for (const bool openmetrics : {false, true}) {
    const std::string format = openmetrics ? "openmetrics" : "text";
    benchmark::RegisterBenchmark((format + "/drop/service").c_str(), drop_all, make_dump(1, openmetrics),
                                 openmetrics);
    benchmark::RegisterBenchmark((format + "/keep/service").c_str(), keep_all, make_dump(1, openmetrics),
                                 openmetrics);
  }
  benchmark::RegisterBenchmark("round/service", whole_round);
  if (const char* const shared = std::getenv("DAVY_SHARED_DATA"))
    add_folder(std::filesystem::path(shared) / "expositions");
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
