#include "core/base/number_text.hpp"

#include <cmath>
#include <fmt/format.h>

namespace davy {
namespace {

std::string group_thousands(std::string digits) {
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) {
    i -= 3;
    digits.insert(i, ",");
  }
  return digits;
}

// Two significant digits below ten, so 3.1 and 0.042; one decimal to a hundred; whole above.
std::string short_number(double value) {
  const double size = std::fabs(value);
  if (!std::isfinite(value)) return to_exact(value);
  if (size == 0) return "0";
  if (size >= 99.95) return fmt::format("{:.0f}", value);
  if (size >= 9.95) return fmt::format("{:.1f}", value);
  std::string text = fmt::format("{:.2g}", value);
  return text.find('e') == std::string::npos ? text : fmt::format("{:.1g}", value);
}

}  // namespace

std::string to_count(double n) {
  if (!std::isfinite(n)) return to_exact(n);
  return group_thousands(fmt::format("{:.0f}", n));
}

std::string to_percent(double share) { return short_number(share * 100) + "%"; }

std::string to_points(double share) { return short_number(share * 100) + "pp"; }

std::string to_latency(double seconds) {
  if (!std::isfinite(seconds)) return to_exact(seconds);
  if (std::fabs(seconds) < 0.9995) return short_number(seconds * 1000) + "ms";
  return short_number(seconds) + "s";
}

std::string to_plain(double value) {
  if (!std::isfinite(value)) return to_exact(value);
  if (std::fabs(value) >= 999.5) return to_count(value);
  return fmt::format("{:.3g}", value);
}

std::string to_exact(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

}  // namespace davy
