#include "app/replay_report.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <map>

namespace davy::app {
namespace json = boost::json;
namespace {

// What it comes down to, whatever the mode and the rollback's own fate were.
std::string decision_of(std::string_view end) {
  if (end == "healed" || end == "observed" || end == "needs_human") return "roll back";
  if (end == "passed") return "pass";
  if (end == "idle") return "undecided";
  return std::string(end);
}

std::string decision_of(const ReplayedRelease& release) { return decision_of(to_text(release.end)); }

bool is_changed(const ReplayedRelease& release) {
  return release.then && decision_of(release.then->end) != decision_of(release);
}

std::string after(std::optional<double> seconds) { return seconds ? fmt::format("{:.1f} s", *seconds) : ""; }

std::string row(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) line += fmt::format("{:<{}}  ", cells[i], widths[i]);
  return std::string(line.substr(0, line.find_last_not_of(' ') + 1)) + "\n";
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& cells : rows)
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  std::string out;
  for (const auto& cells : rows) out += row(cells, widths);
  return out;
}

}  // namespace

std::size_t ReplayReport::rolled_back() const {
  return static_cast<std::size_t>(std::count_if(releases.begin(), releases.end(), [](const auto& release) {
    return decision_of(release) == "roll back";
  }));
}

std::size_t ReplayReport::changed() const {
  return static_cast<std::size_t>(std::count_if(releases.begin(), releases.end(), is_changed));
}

std::string to_text(const ReplayReport& report) {
  std::vector<std::vector<std::string>> rows{
      {"release", "deployed", "then", "after", "now", "after", "check", "same rounds"}};
  std::map<std::string, std::size_t> by_check;
  for (const ReplayedRelease& release : report.releases) {
    const std::string now = decision_of(release);
    if (now == "roll back") ++by_check[release.check];
    rows.push_back({printable(release.release, 60), to_rfc3339(release.deployed_at),
                    release.then ? decision_of(release.then->end) : "not recorded",
                    release.then ? after(release.then->detected_s) : "", now, after(release.detected_s),
                    printable(now == "pass" ? "" : release.check, 40),
                    fmt::format("{} of {}", release.rounds_same, release.rounds_compared)});
  }
  std::string out = table(rows) + "\n";
  for (const ReplayedRelease& release : report.releases)
    out += fmt::format("{}: {}\n", printable(release.release, 60), printable(release.sentence, 1000));
  out += fmt::format("\n{} would have been rolled back",
                     fmt::format("{} of {}", report.rolled_back(),
                                 counted(static_cast<double>(report.releases.size()), "release")));
  for (const auto& [check, count] : by_check) out += fmt::format("; {} by {}", count, printable(check, 60));
  out += fmt::format("; {} decided otherwise than at that time\n", report.changed());
  return out;
}

std::string to_json(const ReplayReport& report) {
  const auto or_null = [](const std::optional<double>& n) {
    return n ? json::value(*n) : json::value(nullptr);
  };
  json::array releases;
  for (const ReplayedRelease& release : report.releases) {
    json::value then(nullptr);
    if (release.then)
      then = json::object{{"end", release.then->end},
                          {"decision", decision_of(release.then->end)},
                          {"sentence", release.then->sentence},
                          {"check", release.then->check},
                          {"policy_digest", release.then->policy_digest},
                          {"detected_s", or_null(release.then->detected_s)}};
    releases.push_back(json::object{{"release", release.release},
                                    {"deployed_at", to_rfc3339(release.deployed_at)},
                                    {"then", std::move(then)},
                                    {"end", release.end == Phase::idle ? "undecided" : to_text(release.end)},
                                    {"decision", decision_of(release)},
                                    {"changed", is_changed(release)},
                                    {"sentence", release.sentence},
                                    {"check", release.check},
                                    {"detected_s", or_null(release.detected_s)},
                                    {"rounds", json::object{{"judged", release.rounds_judged},
                                                            {"compared", release.rounds_compared},
                                                            {"same", release.rounds_same}}}});
  }
  return json::serialize(json::object{{"format", "davy/replay/v1"},
                                      {"policy_digest", report.policy_digest},
                                      {"rolled_back", report.rolled_back()},
                                      {"changed", report.changed()},
                                      {"releases", std::move(releases)}}) +
         "\n";
}

}  // namespace davy::app
