#include "core/base/clock.hpp"

#include <fmt/format.h>

namespace davy {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

Instant SystemClock::now() const { return std::chrono::steady_clock::now(); }

WallTime SystemClock::wall() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string to_rfc3339(WallTime t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(t - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00T00:00:00";
  if (text.size() <= shape.size() || !text.ends_with('Z')) return std::nullopt;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == '0' ? !is_digit(text[i]) : text[i] != shape[i]) return std::nullopt;
  }
  std::string_view decimals = text.substr(shape.size(), text.size() - shape.size() - 1);
  if (!decimals.empty() && (decimals.size() == 1 || decimals.front() != '.')) return std::nullopt;
  if (!decimals.empty()) decimals.remove_prefix(1);
  if (!std::all_of(decimals.begin(), decimals.end(), is_digit)) return std::nullopt;
  const std::string milliseconds = (std::string(decimals.substr(0, 3)) + "000").substr(0, 3);
  const auto at = [&](std::size_t from, std::size_t digits) { return number(text.substr(from, digits)); };
  const std::chrono::year_month_day date{std::chrono::year(at(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(at(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(at(8, 2)))};
  // A leap second is 60.
  if (!date.ok() || at(11, 2) > 23 || at(14, 2) > 59 || at(17, 2) > 60) return std::nullopt;
  return WallTime(std::chrono::sys_days(date)) + std::chrono::hours(at(11, 2)) +
         std::chrono::minutes(at(14, 2)) + std::chrono::seconds(at(17, 2)) +
         std::chrono::milliseconds(number(milliseconds));
}

}  // namespace davy
