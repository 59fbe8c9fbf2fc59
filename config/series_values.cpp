#include "config/series_values.hpp"

#include "core/base/text.hpp"

#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <optional>

namespace davy::config {
namespace {

using Kind = SeriesValue::Kind;

Error unreadable(std::string_view part) {
  return {ErrorKind::invalid,
          fmt::format("'{}' is none of 5, 0+10x20, 5-1x3, 7x9, _, _x3, down, downx3", printable(part, 60))};
}

// A number at the front of `text`, taken off it.
std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

// "x20" at the end; 0 where there is none.
std::optional<std::size_t> take_times(std::string_view& text) {
  if (text.empty()) return 0;
  if (text.front() != 'x') return std::nullopt;
  std::size_t times = 0;
  const auto [end, problem] = std::from_chars(text.data() + 1, text.data() + text.size(), times);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return times;
}

// A word that stands for so many scrapes: "_", "downx4".
bool read_word(std::string_view part, std::string_view word, Kind kind, std::vector<SeriesValue>& out) {
  if (!part.starts_with(word)) return false;
  std::string_view rest = part.substr(word.size());
  const auto times = take_times(rest);
  if (!times || *times > series_values_max) return false;
  out.insert(out.end(), std::max<std::size_t>(*times, 1), SeriesValue{kind, 0});
  return true;
}

bool read_numbers(std::string_view part, std::vector<SeriesValue>& out) {
  auto value = take_number(part);
  if (!value) return false;
  double step = 0;
  if (!part.empty() && (part.front() == '+' || part.front() == '-')) {
    const double sign = part.front() == '+' ? 1 : -1;
    part.remove_prefix(1);
    const auto by = take_number(part);
    if (!by || part.empty()) return false;
    step = sign * *by;
  }
  const auto times = take_times(part);
  if (!times || *times > series_values_max) return false;
  for (std::size_t i = 0; i <= *times; ++i)
    out.push_back({Kind::number, *value + static_cast<double>(i) * step});
  return true;
}

}  // namespace

Result<std::vector<SeriesValue>> read_series_values(std::string_view text) {
  std::vector<SeriesValue> values;
  for (const std::string_view part : split(text, ' ')) {
    if (part.empty()) continue;
    const bool read = read_word(part, "_", Kind::missing, values) ||
                      read_word(part, "down", Kind::down, values) || read_numbers(part, values);
    if (!read) return unreadable(part);
    if (values.size() > series_values_max)
      return Error(ErrorKind::over_limit, fmt::format("more than {} values", series_values_max));
  }
  if (values.empty()) return Error(ErrorKind::invalid, "there are no values");
  return values;
}

}  // namespace davy::config
