// What holds for every body, tried on many.

#include "collector/parse/openmetrics_text.hpp"
#include "collector/parse/prometheus_text.hpp"
#include "core/base/number_text.hpp"
#include "core/base/text.hpp"
#include "tests/support/collecting_sink.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <map>
#include <rapidcheck.h>

using namespace davy;
using namespace davy::collector;
using test::CollectingSink;

namespace {

rc::Gen<std::string> any_value() {
  return rc::gen::container<std::string>(
      rc::gen::element('a', 'Z', '0', ' ', '"', '\\', '\n', '{', '}', ',', '=', '#', '\t'));
}

rc::Gen<std::string> any_name() {
  return rc::gen::map(
      rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::element('a', 'b', 'c', '9'))),
      [](std::string text) { return "n" + text; });
}

rc::Gen<double> any_number() {
  return rc::gen::suchThat(rc::gen::arbitrary<double>(), [](double x) { return std::isfinite(x); });
}

using Line = std::pair<std::map<std::string, std::string>, double>;

// Families of gauges: name -> series, each with a label of its own so that none repeats.
using Exposition = std::map<std::string, std::vector<Line>>;

std::string write(const Exposition& exposition, bool openmetrics) {
  std::string out;
  for (const auto& [name, all] : exposition) {
    out += "# TYPE " + name + " gauge\n";
    int number = 0;
    for (const auto& [labels, value] : all) {
      out += name + "{N=\"" + std::to_string(number++) + "\"";
      for (const auto& [label, text] : labels) out += "," + label + "=" + quoted(text);
      out += "} " + to_exact(value) + "\n";
    }
  }
  return openmetrics ? out + "# EOF\n" : out;
}

void check_round_trip(const Exposition& exposition, bool openmetrics) {
  CollectingSink sink;
  const std::string body = write(exposition, openmetrics);
  const auto result = openmetrics ? parse_openmetrics(body, {}, sink) : parse_prometheus_text(body, {}, sink);
  RC_ASSERT(result.has_value());
  std::size_t at = 0;
  for (const auto& [name, all] : exposition) {
    int number = 0;
    for (const auto& [labels, value] : all) {
      RC_ASSERT(at < sink.samples.size());
      const auto& sample = sink.samples[at++];
      Labels expected{{"N", std::to_string(number++)}};
      for (const auto& [label, text] : labels) expected.set(label, text);
      RC_ASSERT(sample.name == name);
      RC_ASSERT(sample.labels == expected);
      RC_ASSERT(sample.value == value);
    }
  }
  RC_ASSERT(at == sink.samples.size());
}

}  // namespace

TEST_CASE("whatever is written in a format is read back from it") {
  CHECK(rc::check([] {
    // Small sizes: containers within containers multiply.
    const auto labels =
        rc::gen::resize(6, rc::gen::container<std::map<std::string, std::string>>(any_name(), any_value()));
    const auto lines =
        rc::gen::resize(6, rc::gen::container<std::vector<Line>>(rc::gen::pair(labels, any_number())));
    const auto exposition =
        *rc::gen::resize(6, rc::gen::container<Exposition>(any_name(), rc::gen::nonEmpty(lines)));
    check_round_trip(exposition, false);
    check_round_trip(exposition, true);
  }));
}

TEST_CASE("no bytes whatever bring a parser down and a refusal says a line that is there") {
  const auto near_miss = rc::gen::container<std::string>(rc::gen::element('a', '_', '{', '}', '"', '\\', '=',
                                                                          ',', ' ', '\n', '#', '1', '.', 'e',
                                                                          '+', 'N', 'l', '\0', '\xff', '\r'));
  const auto words =
      rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
                       "a", "a_bucket", "{le=\"+Inf\"}", "{x=\"1\"}", " ", "1", "\n", "# TYPE a histogram\n",
                       "# EOF\n", " # {} 1", "# HELP a \n", "# UNIT a_s s\n", "a_sum 1\n", "a_count 1\n",
                       "a {count:1}", "\"", "\\", "NaN", "-1", "{\"a\"}")),
                   [](const std::vector<std::string>& parts) { return join(parts, ""); });
  const auto check = [](const std::string& body) {
    for (const auto& parse : {parse_openmetrics, parse_prometheus_text}) {
      CollectingSink sink;
      const auto result = parse(body, {}, sink);
      if (result) continue;
      const auto lines = static_cast<std::size_t>(std::count(body.begin(), body.end(), '\n')) + 1;
      RC_ASSERT(result.error().message().starts_with("line "));
      RC_ASSERT(std::stoul(result.error().message().substr(5)) <= lines);
    }
  };
  CHECK(rc::check([&] { check(*near_miss); }));
  CHECK(rc::check([&] { check(*words); }));
}
