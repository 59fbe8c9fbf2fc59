#include "bench/judge_ticks/report.hpp"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <map>

namespace davy::judge_ticks {
namespace {

namespace json = boost::json;

constexpr std::array all_given{Given::breach, Given::pass, Given::inconclusive, Given::no_data};

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

bool is_sure(const Row& row) {
  return row.label_confidence.starts_with("high") || row.label_confidence.starts_with("very high");
}

// "pass (or insufficient data)" is as sure that nothing is wrong as "pass" is.
bool expects_pass(const Row& row) { return row.expected == "pass" || row.expected.starts_with("pass ("); }

}  // namespace

std::string text_line(const Row& row) {
  const std::string when = row.verdict.seconds ? fmt::format("{:.0f} s", *row.verdict.seconds) : "-";
  return fmt::format("{} | {} | {} | {} | {} | {}", row.file, or_dash(row.expected),
                     or_dash(row.label_confidence), to_text(row.verdict.given), when, row.verdict.sentence);
}

std::string json_line(const Row& row) {
  json::object object;
  object["file"] = row.file;
  object["expected"] = row.expected;
  object["label_confidence"] = row.label_confidence;
  object["given"] = std::string(to_text(row.verdict.given));
  object["seconds"] = nullptr;
  if (row.verdict.seconds) object["seconds"] = *row.verdict.seconds;
  object["sentence"] = row.verdict.sentence;
  return json::serialize(object);
}

std::string totals(const std::vector<Row>& rows) {
  std::map<std::string, std::array<int, all_given.size()>> counts;
  std::size_t width = std::string_view("expected").size();
  for (const Row& row : rows) {
    const auto column = std::find(all_given.begin(), all_given.end(), row.verdict.given) - all_given.begin();
    ++counts[or_dash(row.expected)][static_cast<std::size_t>(column)];
    width = std::max(width, or_dash(row.expected).size());
  }
  std::string table = fmt::format("{:<{}}", "expected", width);
  for (const Given given : all_given) table += fmt::format("  {:>12}", to_text(given));
  table += '\n';
  for (const auto& [expected, by_given] : counts) {
    table += fmt::format("{:<{}}", expected, width);
    for (const int count : by_given) table += fmt::format("  {:>12}", count);
    table += '\n';
  }
  return table;
}

std::optional<std::string> gate_failure(const Row& row) {
  if (!is_sure(row)) return std::nullopt;
  const bool wrongly_blamed = expects_pass(row) && row.verdict.given == Given::breach;
  const bool missed = row.expected.starts_with("fail") && row.verdict.given == Given::pass;
  if (!wrongly_blamed && !missed) return std::nullopt;
  return fmt::format("{}: {} is expected, {} was given: {}", row.file, row.expected,
                     to_text(row.verdict.given), row.verdict.sentence);
}

}  // namespace davy::judge_ticks
