#include "collector/promql/promql_source.hpp"

#include "collector/promql/one_number.hpp"
#include "collector/scrape/together.hpp"
#include "core/base/duration_text.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <utility>

namespace davy::collector {
namespace asio = boost::asio;
namespace {

constexpr std::size_t at_once_per_side =
    8;  // a server runs twenty queries at a time, by default, for everybody
constexpr double skew_max_s = 60;
constexpr Duration epoch_drift_max = std::chrono::seconds(2);
constexpr double history_s = 300;
constexpr double lookback_least_s = 10;
constexpr double lookback_halved_to_s = 30;

TargetReading blank(Side side, const std::string& url, const std::string& target) {
  TargetReading reading;
  reading.target = fmt::format("{} {}", to_text(side), target);
  reading.url = url;
  (side == Side::canary ? reading.for_canary : reading.for_baseline) = true;
  return reading;
}

TargetReading member_reading(Side side, const std::string& url, const std::string& label,
                             const std::string& member) {
  return blank(side, fmt::format("{} {}={}", url, label, printable(member, 200)),
               fmt::format("{} at {}", member, url));
}

double milliseconds_to_s(WallTime wall) {
  return static_cast<double>(wall.time_since_epoch().count()) / 1000;
}

}  // namespace

PromqlSource::AskedSide::AskedSide(Side side_, const SideSpec& spec, const std::vector<Check>& checks)
    : side(side_),
      url(spec.prometheus->url),
      members_label(spec.members),
      accept_partial(spec.prometheus->accept_partial),
      raw(raw_queries(checks, spec)),
      series(spec.members) {
  for (const Check& check : checks) {
    const std::string& text = side == Side::canary ? check.canary_query : check.baseline_query;
    if (check.kind == CheckKind::promql && !text.empty()) queries.push_back({check.name, text});
  }
}

PromqlSource::PromqlSource(asio::any_io_executor executor, std::shared_ptr<net::Resolver> resolver,
                           std::shared_ptr<const Clock> clock, ScrapeSpec spec,
                           const std::vector<Check>& checks, const SideSpec& canary, const SideSpec& baseline,
                           bool of_the_past)
    : clock_(std::move(clock)), spec_(std::move(spec)) {
  for (const Side side : {Side::canary, Side::baseline}) {
    const SideSpec& from = side == Side::canary ? canary : baseline;
    if (!from.prometheus) continue;
    auto asked = std::make_unique<AskedSide>(side, from, checks);
    asked->client = std::make_unique<PrometheusClient>(executor, resolver, *from.prometheus, spec_,
                                                       of_the_past ? clock_ : nullptr);
    has_raw_ = has_raw_ || !asked->raw.empty();
    sides_.push_back(std::move(asked));
  }
}

PromqlSource::~PromqlSource() = default;

asio::awaitable<Batch> PromqlSource::collect(Instant now) {
  auto asking = ask_all();
  co_await std::move(asking);
  Batch batch;
  batch.at = now;
  for (const auto& side : sides_) understand(*side);
  for (const auto& side : sides_) add_members(*side, batch);
  if (is_step_due()) {
    add_step(0, batch);
  } else if (is_quiet()) {
    end_quiet_tick(batch);
  }
  batch.nothing_new = has_raw_ && !batch.as_of;
  for (const auto& side : sides_) add_queries(*side, batch);
  co_return batch;
}

asio::awaitable<std::vector<Batch>> PromqlSource::history(Instant now) {
  std::vector<Batch> batches;
  if (!has_raw_ || as_of_) co_return batches;
  auto asking = ask_all();
  co_await std::move(asking);
  double apart_s = 0;
  for (const auto& side : sides_) {
    understand(*side);
    if (side->problem) co_return batches;
    apart_s = std::max(apart_s, side->series.spacing().value_or(0));
  }
  if (apart_s <= 0) co_return batches;
  apart_s = std::max(apart_s, 0.1);
  for (double back_s = std::floor(history_s / apart_s) * apart_s; back_s > -apart_s / 2; back_s -= apart_s) {
    Batch batch;
    batch.at = now - from_seconds(std::max(0.0, back_s));
    add_step(std::max(0.0, back_s), batch);
    if (batch.as_of) batches.push_back(std::move(batch));
  }
  co_return batches;
}

asio::awaitable<Result<void>> PromqlSource::check() {
  auto asking = ask_all();
  co_await std::move(asking);
  for (const auto& side : sides_) {
    for (const auto& answer : side->raw_answers) {
      if (!*answer && answer->error().kind() == ErrorKind::invalid) co_return answer->error();
    }
    for (std::size_t i = 0; i < side->queries.size(); ++i) {
      const Result<AskedAnswer>& answer = *side->query_answers[i];
      std::optional<Error> wrong;
      if (!answer) {
        wrong = answer.error();
      } else if (const auto number = one_number(answer->answer); !number) {
        wrong = number.error().within("ask " + side->url);
      }
      if (!wrong || wrong->kind() != ErrorKind::invalid) continue;
      co_return wrong->within(
          fmt::format("check '{}', promql.{}", side->queries[i].check, to_text(side->side)));
    }
  }
  co_return Result<void>();
}

asio::awaitable<void> PromqlSource::ask_all() {
  const net::Deadline deadline = net::Deadline::after(spec_.timeout);
  std::vector<std::vector<Work>> works;
  for (const auto& owned : sides_) {
    AskedSide& side = *owned;
    side.raw_answers.assign(side.raw.size(), std::nullopt);
    side.query_answers.assign(side.queries.size(), std::nullopt);
    side.clock_answer.reset();
    std::vector<Work>& queue = works.emplace_back();
    const std::string back = lookback(side);
    for (std::size_t i = 0; i < side.raw.size(); ++i) {
      queue.emplace_back([this, &side, i, back, deadline] {
        return ask_one(side, fmt::format("{}[{}]", side.raw[i].selector, back), deadline,
                       side.raw_answers[i]);
      });
    }
    queue.emplace_back(
        [this, &side, deadline] { return ask_one(side, "time()", deadline, side.clock_answer); });
    for (std::size_t i = 0; i < side.queries.size(); ++i) {
      queue.emplace_back([this, &side, i, deadline] {
        return ask_one(side, side.queries[i].text, deadline, side.query_answers[i]);
      });
    }
  }
  auto all = run_together(std::move(works), at_once_per_side);
  co_await std::move(all);
}

asio::awaitable<void> PromqlSource::ask_one(AskedSide& side, std::string query, net::Deadline deadline,
                                            std::optional<Result<AskedAnswer>>& answer) {
  auto asking = side.client->ask(std::move(query), deadline);
  answer.emplace(co_await std::move(asking));
  if (&answer != &side.clock_answer) co_return;
  side.asked_at = clock_->now();
  side.asked_wall = clock_->wall();
}

// How far back raw series are asked for: what has not been given yet, and always two samples.
std::string PromqlSource::lookback(const AskedSide& side) const {
  double back_s = side.lookback_max_s;
  const auto given = side.series.given_until();
  if (side.series.spacing() && given) {
    const double now = side.now + seconds(clock_->now() - side.asked_at);
    back_s = std::max(2.5 * *side.series.spacing(), now - *given) + 5;
  }
  return fmt::format("{:.0f}s", std::ceil(std::clamp(back_s, lookback_least_s, side.lookback_max_s)));
}

std::optional<Error> PromqlSource::trouble(AskedSide& side, const Result<AskedAnswer>& answer) {
  if (!answer) return answer.error();
  const std::string& why = answer->answer.partial;
  if (why.empty()) return std::nullopt;
  if (side.accept_partial) {
    side.partial = why;
    return std::nullopt;
  }
  return Error(ErrorKind::unavailable,
               fmt::format("ask {}: a partial answer: {}; accept_partial: true would use it", side.url, why),
               "partial");
}

// From answers to what they say of the side.
void PromqlSource::understand(AskedSide& side) {
  side.problem.reset();
  side.skew.reset();
  side.partial.clear();
  read_clock(side);
  std::vector<RawAnswer> answers;
  double newest = side.now;
  for (std::size_t i = 0; i < side.raw.size(); ++i) {
    Result<AskedAnswer>& answer = *side.raw_answers[i];
    auto wrong = trouble(side, answer);
    if (!wrong && answer->answer.type != ResultType::matrix)
      wrong = Error(ErrorKind::malformed,
                    fmt::format("ask {}: raw samples were asked for, and it answers with a {}", side.url,
                                to_text(answer->answer.type)),
                    "type");
    if (wrong) {
      if (wrong->cause() == "body_size_limit" && side.lookback_max_s > lookback_halved_to_s)
        side.lookback_max_s = std::max(side.lookback_max_s / 2, lookback_halved_to_s);
      if (!side.problem) side.problem = *wrong;
      continue;
    }
    const RawQuery& raw = side.raw[i];
    answers.push_back(
        {raw.type,
         raw.metric == start_time_metric && raw.type == MetricType::gauge && i + 1 == side.raw.size(),
         std::move(answer->answer.series)});
    for (const RawSeries& series : answers.back().series)
      if (!series.points.empty()) newest = std::max(newest, series.points.back().at);
  }
  if (side.problem || side.raw.empty()) return;
  // A scrape may end between the answer that says the time and the one that shows it.
  side.asked_at += from_seconds(newest - side.now);
  side.now = newest;
  // Between samples the server's own times tell how long it was; the mapping to ours is kept while they
  // agree.
  const Instant epoch = side.asked_at - from_seconds(side.now);
  if (!side.epoch || std::chrono::abs(epoch - *side.epoch) > epoch_drift_max) side.epoch = epoch;
  side.series.take(std::move(answers), side.now);
}

void PromqlSource::read_clock(AskedSide& side) {
  const Result<AskedAnswer>& answer = *side.clock_answer;
  if (!answer) {
    side.problem = answer.error();
    return;
  }
  const std::vector<RawSeries>& series = answer->answer.series;
  if (series.empty() || series.front().points.empty()) {
    side.problem =
        Error(ErrorKind::malformed, fmt::format("ask {}: it does not know the time", side.url), "clock");
    return;
  }
  side.now = series.front().points.front().at;
  const double ahead_s = side.now - milliseconds_to_s(side.asked_wall);
  if (std::fabs(ahead_s) <= skew_max_s) return;
  side.skew = Error(
      ErrorKind::malformed,
      fmt::format("ask {}: its clock is {} {} ours, so it is not known of when its numbers are; "
                  "set the clocks",
                  side.url, to_spoken(from_seconds(std::fabs(ahead_s))), ahead_s > 0 ? "ahead of" : "behind"),
      "clock");
  side.problem = side.skew;
}

bool PromqlSource::is_step_due() const {
  if (!has_raw_) return false;
  bool has_news = false;
  for (const auto& side : sides_) {
    if (side->problem || side->series.waits()) return false;
    has_news = has_news || side->series.has_news();
  }
  return has_news;
}

// One reading a member, still without samples; or one for the server, when it cannot be asked or has no
// member.
void PromqlSource::add_members(const AskedSide& side, Batch& batch) const {
  const Duration took = *side.clock_answer ? (*side.clock_answer)->took : Duration::zero();
  const auto add = [&](TargetReading reading) {
    reading.took = took;
    reading.at = batch.at + took;
    batch.readings.push_back(std::move(reading));
  };
  if (!side.partial.empty()) {
    batch.problems.push_back(Error(
        ErrorKind::unavailable,
        fmt::format("ask {}: a partial answer is used, as accept_partial says: {}", side.url, side.partial),
        "partial"));
  }
  if (side.problem || side.raw.empty()) {
    TargetReading server = blank(side.side, side.url, side.url);
    server.problem = side.problem;
    add(std::move(server));
    return;
  }
  const std::vector<std::string> members = side.series.members();
  for (const std::string& member : members)
    add(member_reading(side.side, side.url, side.members_label, member));
  if (!members.empty()) return;
  add(blank(side.side, side.url, side.url));
  const std::string side_name(to_text(side.side));
  batch.problems.push_back(
      side.series.has_stale()
          ? Error(ErrorKind::not_found,
                  fmt::format("ask {}: no sample of the {}'s series is newer than {}; is it still scraped?",
                              side.url, side_name, davy::to_text(from_seconds(stale_after_s))),
                  "stale")
          : Error(ErrorKind::not_found,
                  fmt::format("ask {}: no series of the {}'s checks; check the selectors and `where`",
                              side.url, side_name),
                  "no_data"));
}

bool PromqlSource::is_quiet() const {
  return has_raw_ && std::all_of(sides_.begin(), sides_.end(), [](const auto& side) {
           return !side->problem && (side->raw.empty() || side->series.is_quiet());
         });
}

// Instants of a source never go back, whatever the servers' clocks do.
Instant PromqlSource::later(Instant at) {
  if (as_of_) at = std::max(at, *as_of_ + std::chrono::milliseconds(1));
  as_of_ = at;
  return at;
}

// Nothing has been sampled for so long that nothing will come of that time: the tick that ends there is
// empty.
void PromqlSource::end_quiet_tick(Batch& batch) {
  Instant end = Instant::max();
  for (const auto& side : sides_)
    end = std::min(end, *side->epoch + from_seconds(side->now - side->series.lags_after()));
  batch.as_of = later(end);
}

void PromqlSource::add_step(double back_s, Batch& batch) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < batch.readings.size(); ++i) places.emplace(batch.readings[i].target, i);
  std::optional<Instant> newest;
  for (const auto& owned : sides_) {
    AskedSide& side = *owned;
    for (MemberReading& step : side.series.step(side.now - back_s)) {
      TargetReading listed = member_reading(side.side, side.url, side.members_label, step.member);
      const auto [place, is_new] = places.emplace(listed.target, batch.readings.size());
      if (is_new) batch.readings.push_back(std::move(listed));
      TargetReading& reading = batch.readings[place->second];
      reading.at = *side.epoch + from_seconds(step.at);
      reading.server_time = step.at;
      reading.process_start_time = step.process_start_time;
      reading.sample_count = step.samples.size();
      reading.samples = std::move(step.samples);
      newest = std::max(newest.value_or(reading.at), reading.at);
    }
  }
  if (newest) batch.as_of = later(*newest);
}

void PromqlSource::add_queries(AskedSide& side, Batch& batch) const {
  for (std::size_t i = 0; i < side.queries.size(); ++i) {
    const Result<AskedAnswer>& answer = *side.query_answers[i];
    QueryValue value;
    value.check = side.queries[i].check;
    value.for_canary = side.side == Side::canary;
    value.problem = trouble(side, answer);
    if (!value.problem && side.skew) value.problem = side.skew;
    if (!value.problem) {
      if (const auto number = one_number(answer->answer)) {
        value.value = *number;
      } else {
        value.problem = number.error().within("ask " + side.url);
      }
    }
    batch.queries.push_back(std::move(value));
  }
}

}  // namespace davy::collector
