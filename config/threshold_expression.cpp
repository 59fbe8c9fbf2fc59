#include "config/threshold_expression.hpp"

#include "config/byte_size.hpp"
#include "config/quantity.hpp"
#include "core/base/duration_text.hpp"

#include <fmt/format.h>

namespace davy::config {
namespace {

Error not_a(std::string_view what, std::string_view text) {
  return Error(ErrorKind::invalid, fmt::format("{}, not '{}'", what, text));
}

Result<Quantity> read_gauge(std::string_view text) {
  if (text.ends_with("/s")) {
    const auto rate = read_number(text.substr(0, text.size() - 2));
    if (!rate) return not_a("needs a rate like 5/s", text);
    return Quantity{*rate, Unit::per_second};
  }
  if (text.ends_with('%')) {
    const auto share = read_percent(text);
    if (!share) return share.error();
    return Quantity{*share, Unit::ratio};
  }
  if (const auto number = read_number(text)) return Quantity{*number, Unit::count};
  if (text.ends_with('B')) {
    const auto bytes = parse_byte_size(text);
    if (!bytes) return bytes.error();
    return Quantity{static_cast<double>(*bytes), Unit::bytes};
  }
  if (const auto duration = parse_duration(text)) return Quantity{seconds(*duration), Unit::seconds};
  return not_a("needs a number with its unit: 10MiB, 800ms, 5/s, 50%, or a bare count", text);
}

}  // namespace

Result<Quantity> read_limit(std::string_view text, CheckKind kind) {
  if (kind == CheckKind::ratio) {
    const auto share = read_percent(text);
    if (!share) return share.error();
    return Quantity{*share, Unit::ratio};
  }
  if (kind == CheckKind::latency) {
    const auto duration = read_duration(text);
    if (!duration) return duration.error();
    return Quantity{seconds(*duration), Unit::seconds};
  }
  return read_gauge(text);
}

Result<Increase> read_increase(std::string_view text, CheckKind kind) {
  if (text.ends_with("pp")) {
    const auto amount = read_amount(text, kind);
    if (!amount) return amount.error();
    return Increase{Increase::Kind::absolute, *amount};
  }
  if (text.ends_with('%') || (kind == CheckKind::ratio && read_number(text))) {
    const auto share = read_percent(text);
    if (!share) return share.error();
    return Increase{Increase::Kind::relative, *share};
  }
  if (kind == CheckKind::ratio)
    return not_a("needs 100% (twice the baseline) or 0.5pp (percentage points)", text);
  const auto limit = read_limit(text, kind);
  if (!limit) return limit.error();
  return Increase{Increase::Kind::absolute, limit->value};
}

Result<double> read_amount(std::string_view text, CheckKind kind) {
  if (kind == CheckKind::ratio) {
    const auto points = text.ends_with("pp") ? read_number(text.substr(0, text.size() - 2)) : std::nullopt;
    if (!points || *points < 0) return not_a("needs percentage points like 0.5pp", text);
    return *points / 100;
  }
  const auto limit = read_limit(text, kind);
  if (!limit) return limit.error();
  return limit->value;
}

Result<double> read_quantile(std::string_view text) {
  const bool percent = text.starts_with('p');
  const auto number = read_number(percent ? text.substr(1) : text);
  const double quantile = number ? (percent ? *number / 100 : *number) : 0;
  if (!(quantile > 0 && quantile < 1))
    return not_a("needs a quantile like p99 or p99.9, between p0 and p100", text);
  return quantile;
}

}  // namespace davy::config
