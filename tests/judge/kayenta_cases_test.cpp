// The rank test on the cases of Kayenta's own suite, where they are there.

#include "judge/mann_whitney/rank_test.hpp"

#include <boost/json.hpp>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace davy::judge {
namespace {

namespace json = boost::json;

std::vector<double> values_of(const json::value& list) {
  std::vector<double> values;
  for (const json::value& value : list.as_array()) values.push_back(value.to_number<double>());
  return values;
}

// "tolerance = 0.10, confLevel = 0.95, effectSizeThresholds = (0.8, 1.2" and "MetricDirection.Either, ..."
RankTest test_of(const std::string& parameters, const std::string& arguments) {
  RankTest test;
  const auto number_after = [&](const std::string& text) {
    return std::strtod(parameters.c_str() + parameters.find(text) + text.size(), nullptr);
  };
  test.tolerance = number_after("tolerance = ");
  test.tail = (1 - number_after("confLevel = ")) / 2;
  const std::size_t thresholds = parameters.find("effectSizeThresholds = (");
  if (thresholds != std::string::npos) {
    test.allowed_decrease = number_after("effectSizeThresholds = (");
    test.allowed_increase = std::strtod(parameters.c_str() + parameters.rfind(", ") + 2, nullptr);
  }
  const auto says = [&](const char* word) { return arguments.find(word) != std::string::npos; };
  if (says("MetricDirection.Increase")) test.direction = RankTest::Direction::increase;
  if (says("MetricDirection.Decrease")) test.direction = RankTest::Direction::decrease;
  if (says("NaNStrategy.Replace")) test.nan_strategy = RankTest::NanStrategy::replace;
  return test;
}

// Kayenta passes a canary without data when it is told to replace what is missing.
constexpr std::string_view fails_open = "Mann-Whitney Missing Experiment Data with NaN Replacement";

}  // namespace

TEST_CASE("the cases of Kayenta's own suite come out as it says but for the one that fails open") {
  const auto path = std::filesystem::path(DAVY_SHARED_DATA) / "ticks" / "kayenta-judge" / "cases.json";
  std::ifstream file(path);
  if (!file) {
    MESSAGE("skipped: " << path.string() << " is not there");
    return;
  }
  const json::value document = json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
  int checked = 0;
  for (const json::value& entry : document.at("cases").as_array()) {
    const auto text = [&](const char* key) { return std::string(entry.at(key).as_string()); };
    if (text("classifier") != "MannWhitneyClassifier") continue;  // the others compare means only
    const RankResult result = classify(test_of(text("params"), text("call_args")),
                                       values_of(entry.at("canary")), values_of(entry.at("baseline")));
    const std::string name = text("name");
    const std::string expected = name == fails_open ? "Nodata" : text("expected");
    INFO(name);
    CHECK(to_text(result.rank_class) == expected);
    ++checked;
  }
  CHECK(checked == 28);
}

}  // namespace davy::judge
