#include "collector/promql/side_series.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace davy::collector {
namespace {

// A member that shows nothing for this long is forgotten; until then its next sample continues the last.
constexpr double member_kept_s = 300;

std::string identity_of(const RawSeries& raw, MetricType type) {
  std::string out = raw.name + static_cast<char>('0' + static_cast<int>(type));
  for (const auto& [name, value] : raw.labels)
    out.append(1, '\xff').append(name).append(1, '\xff').append(value);
  return out;
}

// The newest point up to then.
const Point* newest_of(const std::vector<Point>& points, double until) {
  const auto after = std::upper_bound(points.begin(), points.end(), until,
                                      [](double at, const Point& point) { return at < point.at; });
  return after == points.begin() ? nullptr : &*std::prev(after);
}

// VictoriaMetrics gives the marks that end a series as NaN; they and other NaN are no samples.
void drop_nan(std::vector<Point>& points) {
  std::erase_if(points, [](const Point& point) { return std::isnan(point.value); });
}

double usual_spacing(const std::vector<Point>& points) {
  std::vector<double> lengths;
  for (std::size_t i = 1; i < points.size(); ++i) lengths.push_back(points[i].at - points[i - 1].at);
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
  std::nth_element(lengths.begin(), middle, lengths.end());
  return *middle;
}

}  // namespace

void SideSeries::take(std::vector<RawAnswer> answers, double now) {
  now_ = now;
  seen_.clear();
  for (auto& [name, member] : members_) {
    member.by_query.clear();
    member.start_times.clear();
  }
  std::size_t query = 0;
  for (RawAnswer& answer : answers) {
    for (RawSeries& raw : answer.series) {
      drop_nan(raw.points);
      if (raw.points.empty()) continue;
      const std::string name(raw.labels.get(members_label_).value_or(""));
      if (answer.is_start_time && !members_.contains(name)) continue;
      Member& member = members_[name];
      Line line{intern(raw, answer.type), std::move(raw.points)};
      if (answer.is_start_time) {
        member.start_times.push_back(std::move(line));
        continue;
      }
      member.newest = std::max(member.newest, line.points.back().at);
      member.by_query.resize(std::max(member.by_query.size(), query + 1));
      member.by_query[query].push_back(std::move(line));
    }
    ++query;
  }
  known_ = std::move(seen_);
  std::erase_if(members_, [&](const auto& item) { return item.second.newest < now_ - member_kept_s; });
  measure_spacing();
}

SeriesRef SideSeries::intern(RawSeries& raw, MetricType type) {
  std::string identity = identity_of(raw, type);
  if (const auto found = known_.find(identity); found != known_.end()) {
    seen_.insert(*found);
    return found->second;
  }
  SeriesRef& place = seen_[std::move(identity)];
  if (!place)
    place = std::make_shared<const Series>(Series{std::move(raw.name), std::move(raw.labels), type});
  return place;
}

void SideSeries::measure_spacing() {
  std::optional<double> longest;
  for (const auto& [name, member] : members_) {
    const Line* fullest = nullptr;
    for (const std::vector<Line>& lines : member.by_query) {
      for (const Line& line : lines)
        if (fullest == nullptr || line.points.size() > fullest->points.size()) fullest = &line;
    }
    if (fullest == nullptr || fullest->points.size() < 2) continue;
    longest = std::max(longest.value_or(0), usual_spacing(fullest->points));
  }
  if (longest) spacing_ = std::min(*longest, stale_after_s);
}

std::vector<std::string> SideSeries::members() const {
  std::vector<std::string> names;
  for (const auto& [name, member] : members_)
    if (is_alive(member)) names.push_back(name);
  return names;
}

bool SideSeries::has_stale() const { return !members_.empty() && members().empty(); }

std::optional<double> SideSeries::given_until() const {
  std::optional<double> oldest;
  for (const auto& [name, member] : members_) {
    if (!is_alive(member) || !std::isfinite(member.given)) continue;
    oldest = std::min(oldest.value_or(member.given), member.given);
  }
  return oldest;
}

bool SideSeries::has_news() const {
  return std::any_of(members_.begin(), members_.end(), [&](const auto& item) {
    const auto at = moment(item.second, now_);
    return is_alive(item.second) && at && *at > item.second.given;
  });
}

bool SideSeries::waits() const {
  return std::any_of(members_.begin(), members_.end(), [&](const auto& item) {
    const Member& member = item.second;
    const auto at = moment(member, now_);
    return at && *at <= member.given && !lags(member);
  });
}

bool SideSeries::is_quiet() const {
  return std::all_of(members_.begin(), members_.end(), [&](const auto& item) { return lags(item.second); });
}

// The newest scrape of the member up to then that every query has seen: queries are answered one after the
// other, and a scrape may fall between two of them. A query whose series have ended does not count.
std::optional<double> SideSeries::moment(const Member& member, double until) const {
  std::vector<double> newest;
  const auto look = [&](const std::vector<Line>& lines) {
    double at = -std::numeric_limits<double>::infinity();
    for (const Line& line : lines) {
      if (const Point* point = newest_of(line.points, until)) at = std::max(at, point->at);
    }
    if (std::isfinite(at)) newest.push_back(at);
  };
  for (const std::vector<Line>& lines : member.by_query) look(lines);
  if (newest.empty()) return std::nullopt;
  look(member.start_times);
  const double top = *std::max_element(newest.begin(), newest.end());
  double at = top;
  for (const double one : newest)
    if (one > top - slack()) at = std::min(at, one);
  return at;
}

MemberReading SideSeries::read(const std::string& name, const Member& member, double at) const {
  MemberReading reading{name, at, {}, std::nullopt};
  for (const std::vector<Line>& lines : member.by_query) {
    for (const Line& line : lines) {
      const Point* point = newest_of(line.points, at);
      if (point == nullptr || point->at < at - slack()) continue;  // it has ended, or not begun
      reading.samples.push_back({line.series, point->value, std::nullopt});
    }
  }
  for (const Line& line : member.start_times) {
    const Point* point = newest_of(line.points, at);
    if (point == nullptr) continue;
    const bool differs = reading.process_start_time && *reading.process_start_time != point->value;
    reading.process_start_time = point->value;
    if (!differs) continue;
    reading.process_start_time.reset();  // several processes: none speaks for the member
    break;
  }
  return reading;
}

std::vector<MemberReading> SideSeries::step(double until) {
  std::vector<MemberReading> readings;
  for (auto& [name, member] : members_) {
    const auto at = moment(member, until);
    if (!at || *at <= member.given || *at < until - stale_after_s) continue;
    readings.push_back(read(name, member, *at));
    member.given = *at;
  }
  return readings;
}

}  // namespace davy::collector
