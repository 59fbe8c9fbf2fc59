#include "config/quantity.hpp"

#include "core/base/duration_text.hpp"
#include "core/base/text.hpp"

#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace davy::config {
namespace {

Error invalid(std::string message) { return Error(ErrorKind::invalid, std::move(message)); }

std::string shown(std::string_view text) { return "'" + printable(text, 60) + "'"; }

// host, host:port or [v6]:port.
bool is_authority(std::string_view text) {
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || close == 1) return false;
    port = text.substr(close + 1);
  } else {
    const std::size_t colon = text.find(':');
    if (colon == 0 || text.empty()) return false;
    port = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
  }
  if (port.empty()) return true;
  if (!port.starts_with(':')) return false;
  return read_count(port.substr(1), 1, 65535).has_value();
}

}  // namespace

std::optional<double> read_number(std::string_view text) {
  double value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

Result<Duration> read_duration(std::string_view text) {
  if (text != "0" && read_number(text)) {
    return invalid(fmt::format("{} has no unit; write {}s, {}ms or {}m", shown(text), text, text, text));
  }
  Result<Duration> value = parse_duration(text);
  if (value) return value;
  if (read_number(text.substr(0, text.find_first_not_of("0123456789."))) &&
      text.find('.') != std::string_view::npos) {
    return invalid(
        fmt::format("{} is not a duration; write whole numbers, like 1m30s or 500ms", shown(text)));
  }
  return invalid(fmt::format(
      "{} is not a duration; write a number with a unit (ms, s, m, h, d), like 30s or 1m30s", shown(text)));
}

Result<std::int64_t> read_count(std::string_view text, std::int64_t least, std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = end == text.data() + text.size();
  if (status == std::errc::invalid_argument || !whole) {
    return invalid(fmt::format("{} is not a whole number; write plain digits, like {}", shown(text),
                               std::max<std::int64_t>(least, 10)));
  }
  if (status == std::errc() && value >= least && value <= most) return value;
  const bool low = text.starts_with('-') || (status == std::errc() && value < least);
  return invalid(low ? fmt::format("{} is too small; write at least {}", shown(text), least)
                     : fmt::format("{} is too large; write at most {}", shown(text), most));
}

Result<double> read_percent(std::string_view text) {
  if (const std::optional<double> bare = read_number(text)) {
    return invalid(
        fmt::format("{} has no unit; did you mean {}% or {:.10g}%?", shown(text), text, *bare * 100));
  }
  const std::optional<double> value =
      text.ends_with('%') ? read_number(text.substr(0, text.size() - 1)) : std::nullopt;
  if (!value) return invalid(fmt::format("{} is not a share; write a percentage, like 5%", shown(text)));
  if (*value < 0) return invalid(fmt::format("{} is negative; write 0% or more", shown(text)));
  return *value / 100;
}

Result<std::string> read_url(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) {
    return invalid(fmt::format("{} is not a URL; begin it with http:// or https://", shown(text)));
  }
  const std::string scheme = to_lower(text.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") {
    return invalid(
        fmt::format("{} is not supported; write an http:// or https:// URL", shown(scheme + "://")));
  }
  const std::string_view rest = text.substr(scheme_end + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos) {
    return invalid(
        "a URL must not carry a user name or password; remove it and use basic_auth with password_file");
  }
  if (text.find_first_of(" \t\r\n") != std::string_view::npos) {
    return invalid(fmt::format("{} contains a blank; write it as %20 or remove it", shown(text)));
  }
  if (!is_authority(authority)) {
    return invalid(fmt::format("{} has no valid host and port; write it like http://10.0.0.7:9090/metrics",
                               shown(text)));
  }
  return std::string(text);
}

}  // namespace davy::config
