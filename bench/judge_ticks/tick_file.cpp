#include "bench/judge_ticks/tick_file.hpp"

#include "bench/judge_ticks/series.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/system/system_error.hpp>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>

namespace davy::judge_ticks {
namespace {

namespace json = boost::json;

std::string text_in(const json::object& object, std::string_view key) {
  const json::value* const value = given(object, key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

double bound_of(const json::value& value) {
  if (value.is_string() && value.as_string() == "+Inf") return std::numeric_limits<double>::infinity();
  if (!value.is_number()) throw std::runtime_error("bucket_le: a bound is neither a number nor \"+Inf\"");
  return value.to_number<double>();
}

std::vector<double> bounds_in(const json::object& object) {
  std::vector<double> bounds;
  const json::value* const list = given(object, "bucket_le");
  if (list == nullptr) return bounds;
  if (!list->is_array()) throw std::runtime_error("bucket_le: is not a list of bounds");
  for (const json::value& value : list->as_array()) {
    const double bound = bound_of(value);
    if (!bounds.empty() && !(bound > bounds.back()))
      throw std::runtime_error("bucket_le: the bounds do not ascend");
    bounds.push_back(bound);
  }
  if (bounds.empty() || std::isfinite(bounds.back()))
    throw std::runtime_error("bucket_le: the last bound is not \"+Inf\"");
  return bounds;
}

std::vector<Series> pods_in(const json::value& list, std::string_view key, std::size_t bins) {
  if (!list.is_array()) throw std::runtime_error(fmt::format("{}: is not a list of pods", key));
  std::vector<Series> pods;
  for (const json::value& value : list.as_array()) {
    const json::object* const pod = value.if_object();
    const json::value* const ticks = pod == nullptr ? nullptr : given(*pod, "ticks");
    if (ticks == nullptr) throw std::runtime_error(fmt::format("{}: a pod has no ticks", key));
    std::string name = text_in(*pod, "pod");
    if (name.empty()) name = fmt::format("{}[{}]", key, pods.size());
    pods.push_back(read_series(std::move(name), *ticks, bins));
  }
  return pods;
}

std::vector<Series> side_in(const json::object& object, const std::string& side, std::size_t bins) {
  if (const auto* pods = given(object, side + "_pods")) return pods_in(*pods, side + "_pods", bins);
  if (const auto* ticks = given(object, side)) return {read_series(side, *ticks, bins)};
  if (side == "canary") throw std::runtime_error("has no canary");
  return {{side, {}}};  // a release may have nobody to be compared with
}

std::optional<double> positive_in(const json::object& object, std::string_view key) {
  const auto value = number_in(object, key);
  if (value && !(*value > 0)) throw std::runtime_error(fmt::format("{} is not positive", key));
  return value;
}

FileLimits limits_in(const json::object& object) {
  const json::value* const value = given(object, "limits");
  if (value == nullptr) return {};
  if (!value->is_object()) throw std::runtime_error("limits: is not an object");
  const json::object& limits = value->as_object();
  return {number_in(limits, "max"), number_in(limits, "max_increase"),
          number_in(limits, "ignore_increase_below")};
}

TickFile read_file(const json::object& object, const std::string& name) {
  TickFile file;
  file.name = name;
  file.expected = text_in(object, "verdict");
  file.label_confidence = text_in(object, "label_confidence");
  file.bounds = bounds_in(object);
  file.by_pod = given(object, "canary_pods") != nullptr || given(object, "baseline_pods") != nullptr;
  file.canary = side_in(object, "canary", file.bounds.size());
  file.baseline = side_in(object, "baseline", file.bounds.size());
  file.limits = limits_in(object);
  file.confidence = positive_in(object, "confidence");
  if (file.confidence && *file.confidence >= 1) throw std::runtime_error("confidence is not below 1");
  file.window_s = positive_in(object, "window_s");
  file.tick_s = positive_in(object, "tick_seconds");
  return file;
}

std::vector<TickFile> read_cases(const json::value& cases, const std::string& name) {
  std::vector<TickFile> files;
  for (const json::value& value : cases.as_array()) {
    const json::object& object = value.as_object();
    TickFile file;
    file.name = fmt::format("{}#{}", name, files.size());
    file.expected = text_in(object, "expected");
    file.canary = {read_values("canary", object.at("canary"))};
    file.baseline = {read_values("baseline", object.at("baseline"))};
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

Result<std::vector<TickFile>> parse_tick_file(std::string_view text, const std::string& name) {
  try {
    const json::value document = json::parse(json::string_view(text.data(), text.size()));
    if (!document.is_object()) throw std::runtime_error("is not an object");
    const json::object& object = document.as_object();
    if (const auto* cases = given(object, "cases")) return read_cases(*cases, name);
    return std::vector<TickFile>{read_file(object, name)};
  } catch (const boost::system::system_error& problem) {  // whose what() speaks of Boost's own files
    return Error(ErrorKind::malformed, fmt::format("{}: {}", name, problem.code().message()));
  } catch (const std::exception& problem) {
    return Error(ErrorKind::malformed, fmt::format("{}: {}", name, problem.what()));
  }
}

Result<std::vector<TickFile>> read_tick_file(const std::filesystem::path& path, const std::string& name) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return Error(ErrorKind::malformed, fmt::format("{}: cannot be opened", name));
  return parse_tick_file(std::string(std::istreambuf_iterator<char>(stream), {}), name);
}

std::vector<std::filesystem::path> find_tick_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::filesystem::path& path = entry.path();
    const bool about_others = path.filename() == "manifest.json" || path.filename() == "counters.json";
    if (entry.is_regular_file() && path.extension() == ".json" && !about_others) found.push_back(path);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace davy::judge_ticks
