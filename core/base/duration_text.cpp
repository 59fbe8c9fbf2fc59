#include "core/base/duration_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace davy {
namespace {

using namespace std::chrono_literals;

struct Unit {
  std::string_view name;
  std::chrono::milliseconds length;
};

// Largest first, as they must be written.
constexpr std::array<Unit, 7> units{
    {{"y", 365 * 24h}, {"w", 7 * 24h}, {"d", 24h}, {"h", 1h}, {"m", 1min}, {"s", 1s}, {"ms", 1ms}}};

// Far beyond any window, far below where nanoseconds overflow.
constexpr std::chrono::milliseconds longest = 100 * 365 * 24h;

Error not_a_duration(std::string_view text) {
  return Error(
      ErrorKind::invalid,
      fmt::format("'{}' is not a duration; write a number with a unit (ms, s, m, h, d), like 30s or 1m30s",
                  text));
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  if (text == "0") return Duration{0};
  if (text.empty()) return not_a_duration(text);
  std::chrono::milliseconds total{0};
  std::size_t next_unit = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::int64_t number = 0;
    const auto [end, status] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (status != std::errc() || end == rest.data() || rest.front() == '-') return not_a_duration(text);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const std::size_t letters = std::min(rest.find_first_of("0123456789"), rest.size());
    const std::string_view name = rest.substr(0, letters);
    rest.remove_prefix(letters);
    std::size_t i = next_unit;
    while (i < units.size() && units[i].name != name) ++i;
    if (i == units.size()) return not_a_duration(text);
    if (number > longest / units[i].length) {
      return Error(ErrorKind::invalid, fmt::format("'{}' is longer than a hundred years", text));
    }
    total += number * units[i].length;
    next_unit = i + 1;
  }
  if (total > longest)
    return Error(ErrorKind::invalid, fmt::format("'{}' is longer than a hundred years", text));
  return Duration{total};
}

std::string to_text(Duration d) {
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(d);
  if (left.count() == 0) return "0s";
  std::string out = left.count() < 0 ? "-" : "";
  if (left.count() < 0) left = -left;
  for (const Unit& unit : units) {
    const bool calendar = unit.name == "y" || unit.name == "w";  // read, but not written: days are plainer
    if (calendar || left < unit.length) continue;
    out += fmt::format("{}{}", left / unit.length, unit.name);
    left %= unit.length;
  }
  return out;
}

std::string to_spoken(Duration d) {
  const double s = seconds(d);
  if (s < 0) return "-" + to_spoken(d == Duration::min() ? Duration::max() : -d);
  if (s < 0.9995) return fmt::format("{:.0f} ms", s * 1000);
  if (s < 9.95) return fmt::format("{:.3g} s", std::round(s * 10) / 10);
  const auto whole = static_cast<long long>(std::llround(s));
  if (whole < 120) return fmt::format("{} s", whole);
  const auto pair = [](long long big, const char* big_unit, long long small, const char* small_unit) {
    return small == 0 ? fmt::format("{} {}", big, big_unit)
                      : fmt::format("{} {} {} {}", big, big_unit, small, small_unit);
  };
  if (whole < 7200) return pair(whole / 60, "min", whole % 60, "s");
  if (whole < 172800) return pair(whole / 3600, "h", whole % 3600 / 60, "min");
  return pair(whole / 86400, "d", whole % 86400 / 3600, "h");
}

}  // namespace davy
