#include "bench/detection/minutes.hpp"

namespace davy::bench {
namespace {

constexpr double minute_s = 60;
constexpr double slack_s = 1e-6;  // lengths of uneven ticks are rounded

}  // namespace

void fill_minutes(const Stream& stream, std::vector<Minute>& minutes) {
  minutes.clear();
  Minute minute;
  double t = 0;
  double ends_s = minute_s;
  for (int tick = stream.history_ticks; tick < stream.ticks(); ++tick) {
    const auto i = static_cast<std::size_t>(tick);
    t += stream.length_s[i];
    while (t > ends_s + slack_s) {
      minutes.push_back(minute);
      minute = {};
      ends_s += minute_s;
    }
    const Counts baseline = baseline_at(stream, tick);
    minute.canary.n += stream.canary_n[i];
    minute.canary.e += stream.canary_e[i];
    minute.baseline.n += baseline.n;
    minute.baseline.e += baseline.e;
  }
  if (t >= ends_s - slack_s) minutes.push_back(minute);
}

}  // namespace davy::bench
