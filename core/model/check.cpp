#include "core/model/check.hpp"

#include "core/base/number_text.hpp"

#include <array>
#include <cmath>
#include <fmt/format.h>

namespace davy {
namespace {

std::string to_bytes(double value) {
  constexpr std::array<const char*, 5> names{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t i = 0;
  while (std::fabs(value) >= 1024 && i + 1 < names.size()) {
    value /= 1024;
    ++i;
  }
  return to_plain(value) + names[i];
}

}  // namespace

std::string_view to_text(CheckKind kind) {
  switch (kind) {
    case CheckKind::ratio: return "ratio";
    case CheckKind::latency: return "latency";
    case CheckKind::gauge: return "gauge";
    case CheckKind::restarts: return "restarts";
    case CheckKind::promql: return "promql";
  }
  return "ratio";
}

std::string_view to_text(Severity severity) {
  switch (severity) {
    case Severity::p0: return "P0";
    case Severity::p1: return "P1";
    case Severity::p2: return "P2";
    case Severity::p3: return "P3";
  }
  return "P1";
}

std::string_view to_text(Response response) {
  switch (response) {
    case Response::rollback: return "rollback";
    case Response::hold: return "hold";
    case Response::warn: return "warn";
  }
  return "hold";
}

std::string_view to_text(Fallback fallback) {
  switch (fallback) {
    case Fallback::hold: return "hold";
    case Fallback::pass: return "pass";
    case Fallback::rollback: return "rollback";
  }
  return "hold";
}

bool has_margin(const Check& check) {
  constexpr double increase_min = 0.3;
  if (!check.max_increase) return true;
  if (check.max_increase->kind == Increase::Kind::absolute) return check.max_increase->amount > 0;
  return check.max_increase->amount >= increase_min && check.ignore_increase_below > 0;
}

std::string_view to_text(Method method) {
  switch (method) {
    case Method::sequential: return "sequential";
    case Method::threshold: return "threshold";
    case Method::mann_whitney: return "mann_whitney";
  }
  return "";
}

std::string_view to_text(Unit unit) {
  switch (unit) {
    case Unit::ratio: return "ratio";
    case Unit::seconds: return "seconds";
    case Unit::bytes: return "bytes";
    case Unit::count: return "count";
    case Unit::per_second: return "per_second";
  }
  return "count";
}

std::string to_text(double value, Unit unit) {
  switch (unit) {
    case Unit::ratio: return to_percent(value);
    case Unit::seconds: return to_latency(value);
    case Unit::bytes: return to_bytes(value);
    case Unit::count: return to_plain(value);
    case Unit::per_second: return to_plain(value) + "/s";
  }
  return to_plain(value);
}

std::string to_text(const Increase& increase, Unit unit) {
  if (increase.kind == Increase::Kind::relative) return to_percent(increase.amount);
  return unit == Unit::ratio ? to_points(increase.amount) : to_text(increase.amount, unit);
}

}  // namespace davy
