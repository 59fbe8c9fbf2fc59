#include "bench/detection/peers.hpp"

#include "bench/detection/minute_rules.hpp"
#include "bench/detection/minutes.hpp"
#include "bench/detection/peers_rank.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <string>

namespace davy::bench {
namespace {

using Minutes = std::span<const Minute>;  // since the deploy, the last one just over
using Rule = bool (*)(Minutes);

constexpr double normal_99 = 2.326;

double rate(const Counts& counts) { return static_cast<double>(counts.e) / static_cast<double>(counts.n); }

bool below_99_percent(const Counts& counts) { return counts.e * 100 > counts.n; }

long failed_minutes(Minutes minutes, bool no_traffic_fails) {
  return std::count_if(minutes.begin(), minutes.end(), [&](const Minute& minute) {
    return minute.canary.n == 0 ? no_traffic_fails : below_99_percent(minute.canary);
  });
}

bool argo_rel(Minutes minutes) {
  const Minute& last = minutes.back();
  return last.canary.n > 0 && last.baseline.n > 0 && rate(last.canary) > 1.5 * rate(last.baseline);
}

bool argo_fl0(Minutes minutes) {
  Counts canary;
  for (const Minute& minute : minutes.last(std::min<std::size_t>(5, minutes.size()))) {
    canary.n += minute.canary.n;
    canary.e += minute.canary.e;
  }
  return below_99_percent(canary);
}

bool argo_fl3(Minutes minutes) { return failed_minutes(minutes, false) > 3; }
bool flag_t1(Minutes minutes) { return failed_minutes(minutes, true) >= 1; }
bool flag_t5(Minutes minutes) { return failed_minutes(minutes, true) >= 5; }

bool kayenta(Minutes minutes) {
  std::vector<double> canary, baseline;
  for (const Minute& minute : minutes) {
    if (minute.canary.n > 0) canary.push_back(rate(minute.canary));
    if (minute.baseline.n > 0) baseline.push_back(rate(minute.baseline));
  }
  return kayenta_high(canary, baseline);
}

bool kay_twice(Minutes minutes) { return minutes.size() % 5 == 0 && kayenta(minutes); }
bool kay_every_minute(Minutes minutes) { return minutes.size() >= 3 && kayenta(minutes); }

class PeekingZTest : public Detector {
 public:
  std::string_view name() const override { return "zpeek"; }

  Detection run(const Stream& stream) override {
    Counts canary, baseline;
    double t = 0;
    for (int tick = stream.history_ticks; tick < stream.ticks(); ++tick) {
      const auto i = static_cast<std::size_t>(tick);
      const Counts now = baseline_at(stream, tick);
      t += stream.length_s[i];
      canary.n += stream.canary_n[i];
      canary.e += stream.canary_e[i];
      baseline.n += now.n;
      baseline.e += now.e;
      if (differ(canary, baseline)) return {true, t};
    }
    return {};
  }

 private:
  static bool differ(const Counts& canary, const Counts& baseline) {
    if (canary.n == 0 || baseline.n == 0 || canary.e < 2) return false;
    const double pooled = rate({canary.n + baseline.n, canary.e + baseline.e});
    const double inverse = 1 / static_cast<double>(canary.n) + 1 / static_cast<double>(baseline.n);
    const double deviation = std::sqrt(pooled * (1 - pooled) * inverse);
    return deviation > 0 && rate(canary) - rate(baseline) > normal_99 * deviation;
  }
};

struct Peer {
  std::string_view name;
  Rule rule;
};

constexpr Peer minute_peers[] = {{"argo-rel", argo_rel},      {"argo-fl0", argo_fl0}, {"argo-fl3", argo_fl3},
                                 {"flag-t1", flag_t1},        {"flag-t5", flag_t5},   {"kay5/10", kay_twice},
                                 {"kay-1m", kay_every_minute}};

}  // namespace

const std::vector<std::string_view>& peer_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> list;
    for (const Peer& peer : minute_peers) list.push_back(peer.name);
    list.push_back("zpeek");
    return list;
  }();
  return names;
}

std::unique_ptr<Detector> make_peer(std::string_view name) {
  if (name == "zpeek") return std::make_unique<PeekingZTest>();
  for (const Peer& peer : minute_peers)
    if (peer.name == name) return std::make_unique<MinuteDetector<Stream, Minute>>(peer.name, peer.rule);
  throw std::out_of_range("no peer " + std::string(name));
}

}  // namespace davy::bench
