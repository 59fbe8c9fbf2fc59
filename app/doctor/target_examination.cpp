#include "app/doctor/target_examination.hpp"

#include "core/base/duration_text.hpp"
#include "core/base/number_text.hpp"
#include "core/base/text.hpp"
#include "core/model/check.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace davy::app::doctor {
namespace {

constexpr std::size_t answering_shown_max = 10;
constexpr std::size_t silent_shown_max = 20;
constexpr double clock_difference_max_s = 5;
constexpr double close_to_limit = 0.7;

std::string bytes_text(std::size_t bytes) { return to_text(static_cast<double>(bytes), Unit::bytes); }

std::string start_text(const TargetReading& reading, double asked_at) {
  if (!reading.process_start_time)
    return "no process_start_time_seconds, so a restart is seen only where a total falls";
  const double age_s = asked_at - *reading.process_start_time;
  if (age_s < -clock_difference_max_s) return "started in the future, by its own clock";
  return fmt::format("started {} ago", to_spoken(from_seconds(std::max(1.0, std::round(age_s)))));
}

// The larger of the two shares of a limit; zero is no limit.
struct LimitUse {
  double share = 0;
  std::string limit;
};
LimitUse limit_use(const TargetReading& reading, const ScrapeSpec& scrape) {
  const auto share = [](std::size_t used, std::size_t most) {
    return most == 0 ? 0 : static_cast<double>(used) / static_cast<double>(most);
  };
  const double bytes = share(reading.body_bytes, scrape.body_size_limit);
  const double samples = share(reading.sample_count, scrape.sample_limit);
  return bytes > samples ? LimitUse{bytes, "body_size_limit"} : LimitUse{samples, "sample_limit"};
}

Diagnoses examine_answer(const std::string& subject, const TargetReading& reading, const ScrapeSpec& scrape,
                         double asked_at) {
  // What a server was asked for has no size of its own.
  if (reading.body_bytes == 0) return {{Level::ok, subject, reading.url + " is known to the server", ""}};
  Diagnoses found;
  found.push_back({Level::ok, subject,
                   fmt::format("{} answers in {}: {}, {}; {}", reading.url,
                               to_spoken(std::max<Duration>(reading.took, std::chrono::milliseconds(1))),
                               counted(static_cast<double>(reading.sample_count), "sample"),
                               bytes_text(reading.body_bytes), start_text(reading, asked_at)),
                   ""});
  const LimitUse use = limit_use(reading, scrape);
  if (use.share > close_to_limit)
    found.push_back({Level::warning, subject,
                     fmt::format("{} is at {} of {}, and an answer beyond it is dropped whole", reading.url,
                                 to_percent(use.share), use.limit),
                     "raise scrape." + use.limit});
  if (reading.took > scrape.timeout / 2)
    found.push_back(
        {Level::warning, subject,
         fmt::format("{} takes more than half of scrape.timeout ({})", reading.url, to_text(scrape.timeout)),
         "raise scrape.timeout and scrape.interval"});
  if (reading.server_time) {
    const double ahead_s = *reading.server_time - (asked_at + seconds(reading.took));
    if (std::abs(ahead_s) > clock_difference_max_s)
      found.push_back({Level::warning, subject,
                       fmt::format("the clock of {} is {} {} ours", reading.url,
                                   to_spoken(from_seconds(std::round(std::abs(ahead_s)))),
                                   ahead_s > 0 ? "ahead of" : "behind"),
                       "set both clocks by NTP"});
  }
  if (reading.timestamped_samples > 0)
    found.push_back({Level::warning, subject,
                     fmt::format("{} gives {} with times of their own, which are ignored", reading.url,
                                 counted(static_cast<double>(reading.timestamped_samples), "sample")),
                     ""});
  if (reading.duplicate_samples > 0)
    found.push_back({Level::warning, subject,
                     fmt::format("{} gives {} twice; the first of each counts", reading.url,
                                 counted(static_cast<double>(reading.duplicate_samples), "sample")),
                     ""});
  return found;
}

std::string next_for(const Error& error, const TargetReading& reading) {
  switch (error.kind()) {
    case ErrorKind::unreachable:
    case ErrorKind::timed_out: return fmt::format("try: curl -sS -m 5 {}", reading.url);
    case ErrorKind::over_limit: return "raise the limit, or expose less";
    default: return "";
  }
}

// Outside a rollout there is nobody of one revision or the other, and that is as it should be.
bool waits_for_rollout(const SideSpec& spec) {
  return spec.kubernetes && (spec.kubernetes->revision == "new" || spec.kubernetes->revision == "old");
}

Diagnosis too_few(const std::string& subject, const SideSpec& spec, int named, int up) {
  if (named == 0 && waits_for_rollout(spec))
    return {
        Level::warning, subject,
        fmt::format("there is no instance of the {} revision now; that is usual when no rollout is under way",
                    spec.kubernetes->revision),
        "examine again during a rollout"};
  return {Level::failure, subject,
          fmt::format("{} of {} targets answer, and min_targets is {}", up, named, spec.min_targets),
          named == 0 ? "check where the side's targets come from" : ""};
}

}  // namespace

bool speaks_for(const TargetReading& reading, Side side) {
  return side == Side::canary ? reading.for_canary : reading.for_baseline;
}

Diagnoses examine_targets(Side side, const SideSpec& spec, const ScrapeSpec& scrape, const Batch& batch,
                          double asked_at) {
  const std::string subject(to_text(side));
  Diagnoses found;
  int named = 0, up = 0;
  std::string only;  // whose there is one of
  std::size_t shown = 0, silent = 0;
  for (const TargetReading& reading : batch.readings) {
    if (!speaks_for(reading, side)) continue;
    ++named;
    only = reading.url;
    if (reading.problem) {
      const Error problem = *reading.problem;
      if (++silent <= silent_shown_max)
        found.push_back({Level::failure, subject, problem.message(), next_for(problem, reading)});
      continue;
    }
    ++up;
    Diagnoses answer = examine_answer(subject, reading, scrape, asked_at);
    if (shown >= answering_shown_max) answer.erase(answer.begin());
    ++shown;
    append(found, std::move(answer));
  }
  if (shown > answering_shown_max)
    found.push_back({Level::ok, subject, fmt::format("{} more answer", shown - answering_shown_max), ""});
  if (silent > silent_shown_max)
    found.push_back(
        {Level::failure, subject, fmt::format("{} more do not answer", silent - silent_shown_max), ""});
  for (const InstanceState& instance : batch.instances) {
    if (instance.for_canary != (side == Side::canary) || instance.trouble.empty()) continue;
    found.push_back({Level::warning, subject, instance.target + ": " + instance.trouble, ""});
  }
  // A server that is asked for whole queries is all there is of the side.
  const bool queries_alone =
      spec.prometheus && !batch.queries.empty() && named == 1 && only == spec.prometheus->url;
  const int least = queries_alone ? std::min(spec.min_targets, 1) : spec.min_targets;
  const bool has_any = least > 0;
  if (named == 0 && !has_any)
    found.push_back({Level::ok, subject, "names no targets: only absolute limits are judged", ""});
  else if (up < least)
    found.push_back(too_few(subject, spec, named, up));
  return found;
}

}  // namespace davy::app::doctor
