#include "collector/scrape/scrape_answer.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fmt/format.h>
#include <utility>

namespace davy::collector {
namespace {

std::string shown(const net::HttpResponse& response) {
  return printable(std::string_view(response.body).substr(0, 80), 320);
}

// The usual names of what goes wrong with a scrape; any other is its number.
std::string status_line(int status) {
  constexpr std::array<std::pair<int, std::string_view>, 10> names{{{204, "No Content"},
                                                                    {400, "Bad Request"},
                                                                    {401, "Unauthorized"},
                                                                    {403, "Forbidden"},
                                                                    {404, "Not Found"},
                                                                    {410, "Gone"},
                                                                    {500, "Internal Server Error"},
                                                                    {502, "Bad Gateway"},
                                                                    {503, "Service Unavailable"},
                                                                    {504, "Gateway Timeout"}}};
  for (const auto& [code, name] : names) {
    if (code == status) return fmt::format("{} {}", code, name);
  }
  return fmt::format("HTTP status {}", status);
}

std::optional<Error> refused(int status) {
  const std::string line = status_line(status);
  switch (status) {
    case 200: return std::nullopt;
    case 204: return Error(ErrorKind::not_found, line + ": no series", "no_series");
    case 401:
    case 403: return Error(ErrorKind::denied, line + "; check the side's authorization", "auth");
    case 404:
    case 410: return Error(ErrorKind::not_found, line + "; check metrics_path", "gone");
    default: break;
  }
  return Error(status == 429 || status >= 500 ? ErrorKind::unavailable : ErrorKind::unsupported, line,
               "http_status");
}

std::string_view media_type(std::string_view content_type) {
  return trim(content_type.substr(0, content_type.find(';')));
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, value);
  if (status != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace

Result<ExpositionFormat> format_of(const net::HttpResponse& response) {
  if (const auto error = refused(response.status)) return *error;
  if (response.body.empty()) return Error(ErrorKind::not_found, "an empty body: no series", "no_series");
  const std::string type = to_lower(media_type(response.headers.get("Content-Type").value_or("")));
  if (type == "application/openmetrics-text") return ExpositionFormat::openmetrics;
  const std::string start = to_lower(trim(std::string_view(response.body).substr(0, 64)));
  if (type == "text/html" || start.starts_with("<!doctype html") || start.starts_with("<html")) {
    return Error(ErrorKind::malformed, "HTML instead of metrics: " + shown(response), "parse");
  }
  if (type.empty() || type.starts_with("text/")) return ExpositionFormat::text;
  return Error(
      ErrorKind::unsupported,
      fmt::format("Content-Type {} is not read; the body starts: {}", printable(type, 80), shown(response)),
      "content_type");
}

std::string_view accepted_formats(bool text_only) {
  return text_only
             ? "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
             : "application/openmetrics-text;version=1.0.0;q=0.9,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
}

// Sun, 06 Nov 1994 08:49:37 GMT
std::optional<double> server_time(const net::HttpResponse& response) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string_view text = response.headers.get("Date").value_or("");
  if (text.size() != 29 || text.substr(25) != " GMT") return std::nullopt;
  const auto month = std::find(months.begin(), months.end(), text.substr(8, 3));
  const auto day = number(text.substr(5, 2));
  const auto year = number(text.substr(12, 4));
  const auto hour = number(text.substr(17, 2));
  const auto minute = number(text.substr(20, 2));
  const auto second = number(text.substr(23, 2));
  if (month == months.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(static_cast<int>(*year)),
      std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return static_cast<double>(days) * 86400 + *hour * 3600 + *minute * 60 + *second;
}

}  // namespace davy::collector
