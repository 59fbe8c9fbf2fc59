#include "bench/judge_ticks/series.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <cmath>
#include <fmt/format.h>
#include <stdexcept>

namespace davy::judge_ticks {
namespace {

namespace json = boost::json;

// Keys with a meaning of their own, and those that say how much was asked of a side, not how it did.
constexpr std::array<std::string_view, 10> not_gauges{"t",    "n",   "errors",   "buckets",    "lat_sum",
                                                      "load", "rps", "requests", "throughput", "traffic"};

double number(const json::value& value, std::string_view what) {
  if (!value.is_number()) throw std::runtime_error(fmt::format("{} is not a number", what));
  const double read = value.to_number<double>();
  if (!std::isfinite(read)) throw std::runtime_error(fmt::format("{} is not finite", what));
  return read;
}

double count(const json::value& value, std::string_view what) {
  const double read = number(value, what);
  if (read < 0) throw std::runtime_error(fmt::format("{} is negative", what));
  return read;
}

std::vector<double> read_buckets(const json::value& value, std::size_t bins) {
  if (!value.is_array() || value.as_array().size() != bins)
    throw std::runtime_error(fmt::format("buckets is not a list of {} counts, one a bound", bins));
  std::vector<double> buckets;
  for (const json::value& bin : value.as_array()) buckets.push_back(count(bin, "a bucket"));
  return buckets;
}

FileTick read_tick(const json::value& value, std::size_t bins) {
  if (!value.is_object()) throw std::runtime_error("is not an object");
  const json::object& object = value.as_object();
  FileTick tick;
  const json::value* const t = given(object, "t");
  if (t == nullptr) throw std::runtime_error("has no t");
  tick.t_s = number(*t, "t");
  if (const auto* n = given(object, "n")) tick.n = count(*n, "n");
  if (const auto* errors = given(object, "errors")) tick.errors = count(*errors, "errors");
  if (const auto* buckets = given(object, "buckets")) tick.buckets = read_buckets(*buckets, bins);
  for (const auto& [key, reading] : object) {
    const bool special = std::find(not_gauges.begin(), not_gauges.end(), key) != not_gauges.end();
    if (!special && reading.is_number()) tick.gauges[std::string(key)] = number(reading, key);
  }
  return tick;
}

}  // namespace

const json::value* given(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<double> number_in(const json::object& object, std::string_view key) {
  const json::value* const value = given(object, key);
  if (value == nullptr) return std::nullopt;
  return number(*value, key);
}

Series read_series(std::string name, const json::value& ticks, std::size_t bins) {
  if (!ticks.is_array()) throw std::runtime_error(fmt::format("{}: is not a list of ticks", name));
  Series series{std::move(name), {}};
  for (const json::value& value : ticks.as_array()) {
    const std::size_t position = series.ticks.size();
    try {
      FileTick tick = read_tick(value, bins);
      if (position > 0 && tick.t_s <= series.ticks.back().t_s)
        throw std::runtime_error("t is not after the tick before it");
      series.ticks.push_back(std::move(tick));
    } catch (const std::exception& problem) {
      throw std::runtime_error(fmt::format("{}: tick {}: {}", series.name, position, problem.what()));
    }
  }
  return series;
}

Series read_values(std::string name, const json::value& values) {
  constexpr double minute_s = 60;
  if (!values.is_array()) throw std::runtime_error(fmt::format("{}: is not a list of values", name));
  Series series{std::move(name), {}};
  for (const json::value& value : values.as_array()) {
    FileTick tick;
    tick.t_s = minute_s * static_cast<double>(series.ticks.size());
    if (!value.is_null()) tick.gauges["value"] = number(value, series.name);
    series.ticks.push_back(std::move(tick));
  }
  return series;
}

}  // namespace davy::judge_ticks
