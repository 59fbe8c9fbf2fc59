#include "bench/detection/stream_check.hpp"

#include "bench/detection/error_stream.hpp"

#include <fmt/format.h>
#include <fstream>
#include <stdexcept>

namespace davy::bench {
namespace {

class Fnv1a {
 public:
  void add(int count) {
    const auto word = static_cast<std::uint64_t>(count);
    for (unsigned shift = 0; shift < 64; shift += 8) {
      value_ ^= (word >> shift) & 255;
      value_ *= 1099511628211U;
    }
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 1469598103934665603U;
};

// The line of the scenario file that this scenario and stream ought to have.
std::string line_of(const Scenario& scenario, const Stream& stream) {
  const Counts canary = canary_total(stream);
  const Counts baseline = baseline_total(stream);
  return fmt::format("{},{},{},{:g},{},{:g},{:g},{:g},{:d},{},{:g},{},{},{},{},{},{},{},{:016x}",
                     name_of(scenario.mode), scenario.id, name_of(scenario.condition), scenario.canary_rps,
                     scenario.baseline_pods, scenario.base_error, scenario.multiplier, scenario.addend,
                     scenario.all_fail, scenario.onset_s, scenario.tick_s, scenario.window_ticks,
                     scenario.history_ticks, seed_of(scenario, 0), canary.n, canary.e, baseline.n, baseline.e,
                     digest_of(stream));
}

}  // namespace

std::uint64_t digest_of(const Stream& stream) {
  Fnv1a digest;
  for (int tick = 0; tick < stream.ticks(); ++tick) {
    digest.add(stream.canary_n[static_cast<std::size_t>(tick)]);
    digest.add(stream.canary_e[static_cast<std::size_t>(tick)]);
    for (std::size_t i = stream.cell(tick, 0); i < stream.cell(tick + 1, 0); ++i) {
      digest.add(stream.n[i]);
      digest.add(stream.e[i]);
    }
  }
  return digest.value();
}

StreamCheck check_streams(const std::string& csv_path) {
  std::ifstream file(csv_path);
  std::string expected;
  if (!std::getline(file, expected))  // the header
    throw std::runtime_error(fmt::format("read {}: no such file, or an empty one", csv_path));
  StreamCheck check;
  Stream stream;
  for (const Scenario& scenario : error_scenarios()) {
    ErrorStream(scenario).fill(0, stream);
    const std::string line = line_of(scenario, stream);
    if (!std::getline(file, expected)) expected = "no line";
    ++check.scenarios;
    if (line != expected) check.mismatches.push_back(fmt::format("{}; the file has {}", line, expected));
  }
  while (std::getline(file, expected)) {
    ++check.scenarios;
    check.mismatches.push_back(fmt::format("no such scenario; the file has {}", expected));
  }
  return check;
}

}  // namespace davy::bench
