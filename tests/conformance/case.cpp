#include "tests/conformance/case.hpp"

#include "collector/parse/number.hpp"
#include "collector/parse/openmetrics_text.hpp"
#include "collector/parse/prometheus_text.hpp"
#include "core/base/number_text.hpp"
#include "core/base/text.hpp"
#include "tests/support/collecting_sink.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>

namespace davy::conformance {
namespace {

namespace json = boost::json;
using collector::ExpositionLimits;
using collector::Overflow;
using collector::parse_number;
using test::CollectedSample;

// A number, or "NaN", "+Inf", "-Inf", or a decimal in quotes.
double number_of(const json::value& value) {
  if (value.is_string()) return parse_number(value.as_string(), Overflow::saturate).value_or(NAN);
  return value.to_number<double>();
}

// Boost.JSON 1.81 reads decimals to within a few units in the last place, so that much is forgiven.
bool same_number(double a, double b) {
  constexpr double slack = 4 * std::numeric_limits<double>::epsilon();
  return a == b || (std::isnan(a) && std::isnan(b)) || std::fabs(a - b) <= slack * std::fabs(b);
}

bool near(double a, double b) { return same_number(a, b) || std::fabs(a - b) <= 1e-9 + 1e-12 * std::fabs(b); }

bool same_label(std::string_view name, std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (name != "le" && name != "quantile") return false;
  const auto x = parse_number(a, Overflow::saturate);
  const auto y = parse_number(b, Overflow::saturate);
  return x && y && *x == *y;
}

bool same_labels(const Labels& labels, const json::value& expected) {
  const json::object& wanted = expected.as_object();
  if (labels.size() != wanted.size()) return false;
  return std::all_of(labels.begin(), labels.end(), [&](const Labels::Pair& label) {
    const json::value* const value = wanted.if_contains(label.first);
    return value != nullptr && same_label(label.first, label.second, std::string_view(value->as_string()));
  });
}

const json::value* present(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<double> time_of(const json::object& object) {
  if (const auto* s = present(object, "timestamp_s")) return number_of(*s);
  if (const auto* ms = present(object, "timestamp_ms")) return number_of(*ms) / 1000;
  if (const auto* s = present(object, "timestamp")) return number_of(*s);
  return std::nullopt;
}

bool same_time(const std::optional<collector::ExposedTime>& time, const std::optional<double>& expected) {
  if (time.has_value() != expected.has_value()) return false;
  return !time || near(time->seconds(), *expected);
}

std::string difference(const CollectedSample& sample, const json::object& expected) {
  const std::string title = printable(sample.name + to_text(sample.labels));
  if (sample.name != std::string_view(expected.at("name").as_string()))
    return title + ": another name is expected";
  if (!same_labels(sample.labels, expected.at("labels"))) return title + ": other labels are expected";
  const bool native = present(expected, "native_histogram") != nullptr;
  if (native != sample.native_histogram) return title + ": native histogram or not";
  if (!native && !same_number(sample.value, number_of(expected.at("value")))) {
    return fmt::format("{}: value {} where {} is expected", title, to_exact(sample.value),
                       to_exact(number_of(expected.at("value"))));
  }
  if (!same_time(sample.at, time_of(expected))) return title + ": another timestamp is expected";
  const auto* exemplar = present(expected, "exemplar");
  if ((exemplar != nullptr) != sample.exemplar.has_value()) return title + ": exemplar or not";
  if (exemplar == nullptr) return "";
  const json::object& wanted = exemplar->as_object();
  const bool same = same_labels(sample.exemplar->labels, wanted.at("labels")) &&
                    same_number(sample.exemplar->value, number_of(wanted.at("value"))) &&
                    same_time(sample.exemplar->at, time_of(wanted));
  return same ? "" : title + ": another exemplar is expected";
}

}  // namespace

std::string read_bytes(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::vector<Case> find_cases(const std::filesystem::path& folder) {
  std::vector<Case> cases;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".input") continue;
    std::filesystem::path expected = entry.path();
    expected.replace_extension(".expected.json");
    if (!std::filesystem::exists(expected)) continue;
    std::filesystem::path name = std::filesystem::relative(entry.path(), folder);
    if (!name.has_parent_path()) name = std::filesystem::absolute(folder).filename() / name;
    cases.push_back({name.replace_extension().generic_string(), entry.path(), expected});
  }
  std::sort(cases.begin(), cases.end(), [](const Case& a, const Case& b) { return a.name < b.name; });
  return cases;
}

std::vector<std::string> differences(const Case& test) {
  const std::string input = read_bytes(test.input);
  const json::value document = json::parse(read_bytes(test.expected));
  const json::object& expected = document.as_object();
  const bool openmetrics = std::string_view(expected.at("format").as_string()).starts_with("openmetrics");
  const bool accept = expected.at("verdict").as_string() == "accept";

  test::CollectingSink sink;
  const auto result = openmetrics ? collector::parse_openmetrics(input, ExpositionLimits{}, sink)
                                  : collector::parse_prometheus_text(input, ExpositionLimits{}, sink);
  if (result.has_value() != accept) {
    return {accept ? "refused, but it is to be accepted: " + result.error().message()
                   : "accepted, but it is to be refused"};
  }
  const auto* samples = present(expected, "samples");
  if (!accept || samples == nullptr) return {};
  const json::array& wanted = samples->as_array();
  std::vector<std::string> out;
  if (wanted.size() != sink.samples.size()) {
    out.push_back(fmt::format("{} samples where {} are expected", sink.samples.size(), wanted.size()));
  }
  for (std::size_t i = 0; i < std::min(wanted.size(), sink.samples.size()); ++i) {
    std::string text = difference(sink.samples[i], wanted[i].as_object());
    if (!text.empty()) out.push_back(std::move(text));
  }
  return out;
}

}  // namespace davy::conformance
