#pragma once

// One side's series as its Prometheus knows them, member by member, and what is new in them.
//
// A server scrapes at its own pace, each instance at its own moment, and shows nothing new for most of our
// rounds. So news are taken in steps: a step is due when every member that is still being scraped has a new
// sample, and then shows each member's series as they were at one scrape of it. Pure; times are Unix seconds
// by the server's clock.

#include "collector/promql/query_answer.hpp"
#include "core/model/metric.hpp"

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace davy::collector {

// A sample older than this is no news of the present: half of the time that Prometheus itself looks back.
inline constexpr double stale_after_s = 150;
inline constexpr double spacing_unknown_s = 30;

// The answer to one raw query.
struct RawAnswer {
  MetricType type = MetricType::unknown;
  bool is_start_time = false;  // process_start_time_seconds: says of a member when it began, and nothing else
  std::vector<RawSeries> series;
};

struct MemberReading {
  std::string member;
  double at = 0;
  std::vector<Sample> samples;
  std::optional<double> process_start_time;
};

class SideSeries {
 public:
  explicit SideSeries(std::string members_label) : members_label_(std::move(members_label)) {}

  // The newest answers; they replace the last ones.
  void take(std::vector<RawAnswer> answers, double now);

  std::vector<std::string> members() const;  // those that are being scraped, in a stable order
  bool has_stale() const;                    // there are series, and none of them is recent
  bool has_news() const;
  // Nothing comes: there is no member, or none has been scraped for more than two of its intervals.
  bool is_quiet() const;
  bool waits() const;  // a member that should have a new sample by now has none yet

  // What each member has shown up to then and not been given before; remembers that it was given.
  std::vector<MemberReading> step(double until);

  // Between two samples of a member: the longest of the members' usual times. Nothing until it could be seen.
  std::optional<double> spacing() const { return spacing_; }
  // A member without a new sample for so long is not waited for.
  double lags_after() const { return 2 * spacing_.value_or(spacing_unknown_s) + 1; }
  // The oldest time up to which anything has been given; nothing before the first step.
  std::optional<double> given_until() const;

 private:
  struct Line {
    SeriesRef series;
    std::vector<Point> points;
  };
  struct Member {
    std::vector<std::vector<Line>> by_query;
    std::vector<Line> start_times;
    double given = -std::numeric_limits<double>::infinity();
    double newest = -std::numeric_limits<double>::infinity();
  };

  bool is_alive(const Member& member) const { return member.newest >= now_ - stale_after_s; }
  bool lags(const Member& member) const { return now_ - member.newest > lags_after(); }
  double slack() const { return 1.5 * spacing_.value_or(stale_after_s) + 1; }
  SeriesRef intern(RawSeries& raw, MetricType type);
  void measure_spacing();
  std::optional<double> moment(const Member& member, double until) const;
  MemberReading read(const std::string& name, const Member& member, double at) const;

  std::string members_label_;
  std::map<std::string, Member> members_;
  std::unordered_map<std::string, SeriesRef> known_, seen_;
  std::optional<double> spacing_;
  double now_ = 0;
};

}  // namespace davy::collector
