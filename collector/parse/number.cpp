#include "collector/parse/number.hpp"

#include "core/base/text.hpp"

#include <charconv>
#include <cmath>
#include <fast_float/fast_float.h>
#include <limits>

namespace davy::collector {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Up to 15 digits are exact in a double; most counters are just that.
std::optional<double> short_integer(std::string_view digits) {
  if (digits.size() > 15) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return static_cast<double>(value);
}

std::optional<double> named_number(std::string_view unsigned_text, bool has_sign) {
  if (equal_ignoring_case(unsigned_text, "inf") || equal_ignoring_case(unsigned_text, "infinity")) {
    return std::numeric_limits<double>::infinity();
  }
  if (!has_sign && equal_ignoring_case(unsigned_text, "nan")) return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

std::optional<double> unsigned_number(std::string_view text, bool has_sign, Overflow overflow) {
  if (text.empty()) return std::nullopt;
  if (const auto whole = short_integer(text)) return whole;
  if (!is_digit(text.front()) && text.front() != '.') return named_number(text, has_sign);
  double value = 0;
  const auto [end, status] = fast_float::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return std::nullopt;
  if (status != std::errc() && status != std::errc::result_out_of_range) return std::nullopt;
  if (std::isinf(value) && overflow == Overflow::refuse) return std::nullopt;
  return value;
}

}  // namespace

std::optional<double> parse_number(std::string_view text, Overflow overflow) {
  const bool has_sign = !text.empty() && (text.front() == '-' || text.front() == '+');
  const auto size = unsigned_number(text.substr(has_sign ? 1 : 0), has_sign, overflow);
  if (!size) return std::nullopt;
  return text.front() == '-' ? -*size : *size;
}

std::optional<ExposedTime> parse_milliseconds(std::string_view text) {
  if (text.size() > 1 && text.front() == '+') {
    text.remove_prefix(1);
    if (!is_digit(text.front())) return std::nullopt;
  }
  std::int64_t milliseconds = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), milliseconds);
  if (status != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return ExposedTime{static_cast<double>(milliseconds / 1000),
                     static_cast<int>(milliseconds % 1000) * 1'000'000};
}

std::optional<ExposedTime> parse_seconds(std::string_view text) {
  const auto value = parse_number(text, Overflow::refuse);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || text.find_first_of("eE") != std::string_view::npos) {
    const double whole = std::trunc(*value);
    return ExposedTime{whole, static_cast<int>(std::lround((*value - whole) * 1e9))};
  }
  // Written out: the fraction is read on its own, so that a nanosecond survives beside a large number of
  // seconds.
  int nanoseconds = 0;
  for (std::size_t i = 1; i <= 9; ++i) {
    nanoseconds = nanoseconds * 10 + (dot + i < text.size() ? text[dot + i] - '0' : 0);
  }
  return ExposedTime{std::trunc(*value), text.front() == '-' ? -nanoseconds : nanoseconds};
}

}  // namespace davy::collector
