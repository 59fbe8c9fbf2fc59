#include "config/import/condition.hpp"

#include "config/quantity.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <re2/re2.h>

namespace davy::config::imported {
namespace {

constexpr std::size_t condition_bytes_max = 2000;
constexpr int depth_max = 20;

// Is what stands there healthy, or is it what fails?
enum class Speaks { of_health, of_failure };

std::vector<std::string_view> split_outside(std::string_view text, std::string_view mark) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(' || text[i] == '{' || text[i] == '[') ++depth;
    if (text[i] == ')' || text[i] == '}' || text[i] == ']') --depth;
    if (depth != 0 || !text.substr(i).starts_with(mark)) continue;
    parts.push_back(trim(text.substr(begin, i - begin)));
    begin = i + mark.size();
    i = begin - 1;
  }
  parts.push_back(trim(text.substr(begin)));
  return parts;
}

std::string_view without_braces(std::string_view text) {
  text = trim(text);
  while (text.size() >= 2 && text.front() == '(' && text.back() == ')') {
    int depth = 0;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
      if (text[i] == '(') ++depth;
      if (text[i] == ')') --depth;
      if (depth == 0) return text;
    }
    text = trim(text.substr(1, text.size() - 2));
  }
  return text;
}

enum class NoData { no, missing, present };

NoData about_no_data(std::string_view atom) {
  static const re2::RE2 missing(
      R"(len\(result\)\s*(==\s*0|<\s*1|<=\s*0)|isNaN\(result(\[0\])?\)|result(\[0\])?\s*==\s*nil|(isInf|isNil)\(result(\[0\])?\))");
  static const re2::RE2 present(
      R"(len\(result\)\s*(>\s*0|!=\s*0|>=\s*1)|!\s*isNaN\(result(\[0\])?\)|result(\[0\])?\s*!=\s*nil|!\s*(isInf|isNil)\(result(\[0\])?\))");
  if (re2::RE2::FullMatch(std::string(atom), missing)) return NoData::missing;
  return re2::RE2::FullMatch(std::string(atom), present) ? NoData::present : NoData::no;
}

std::string flipped(const std::string& op) {
  if (op == "<") return ">";
  if (op == "<=") return ">=";
  if (op == ">") return "<";
  return op == ">=" ? "<=" : op;
}
std::string negated(const std::string& op) {
  if (op == "<") return ">=";
  if (op == "<=") return ">";
  if (op == ">") return "<=";
  if (op == ">=") return "<";
  return op == "==" ? "!=" : "==";
}

class Reader {
 public:
  Condition condition;

  bool read(std::string_view text, Speaks speaks, int depth = 0) {
    text = without_braces(text);
    if (text.empty() || depth > depth_max) return false;
    const auto ors = split_outside(text, "||");
    if (ors.size() > 1) return several(ors, speaks, speaks == Speaks::of_failure, depth);
    const auto ands = split_outside(text, "&&");
    if (ands.size() > 1) return several(ands, speaks, speaks == Speaks::of_health, depth);
    if (text.starts_with("!") && !text.starts_with("!=") && about_no_data(text) == NoData::no)
      return read(text.substr(1), speaks == Speaks::of_health ? Speaks::of_failure : Speaks::of_health,
                  depth + 1);
    const NoData no_data = about_no_data(text);
    if (no_data != NoData::no) return take_no_data(no_data, speaks);
    return atom(std::string(text), speaks);
  }

 private:
  // `all_hold`: every part is a limit of its own. Otherwise only a word about missing data may stand beside
  // one.
  bool several(const std::vector<std::string_view>& parts, Speaks speaks, bool all_hold, int depth) {
    int limits = 0;
    for (const std::string_view part : parts) {
      if (about_no_data(without_braces(part)) == NoData::no) ++limits;
      if (!read(part, speaks, depth + 1)) return false;
    }
    return all_hold || limits == 1;
  }

  bool take_no_data(NoData no_data, Speaks speaks) {
    if (no_data == NoData::missing) condition.on_no_data = speaks == Speaks::of_health ? "pass" : "rollback";
    return true;
  }

  bool atom(const std::string& text, Speaks speaks) {
    static const re2::RE2 value_first(
        R"((default\(\s*)?(?:float\(|int\(|asFloat\(|asInt\()?result(?:\[0\])?\)?(?:,\s*([-0-9.]+)\s*\))?\s*(<=|>=|==|!=|<|>)\s*([-+0-9.eE]+))");
    static const re2::RE2 number_first(R"(([-+0-9.eE]+)\s*(<=|>=|==|<|>)\s*result(?:\[0\])?)");
    static const re2::RE2 each(
        R"((all|any|none)\(\s*result\s*,\s*\{?\s*#\s*(<=|>=|==|<|>)\s*([-+0-9.eE]+)\s*\}?\s*\))");
    std::string with_default, instead, op, number, word;
    if (re2::RE2::FullMatch(text, value_first, &with_default, &instead, &op, &number)) {
      if (!with_default.empty())
        condition.notes.push_back("there no data counts as " + instead + ", here on_no_data decides");
      return limit(op, number, speaks);
    }
    if (re2::RE2::FullMatch(text, number_first, &number, &op)) return limit(flipped(op), number, speaks);
    if (!re2::RE2::FullMatch(text, each, &word, &op, &number)) return false;
    if (word == "none") return limit(negated(op), number, speaks);
    const bool worst_counts = (word == "all") == (speaks == Speaks::of_health);
    return worst_counts && limit(op, number, speaks);
  }

  bool limit(std::string op, const std::string& number, Speaks speaks) {
    const auto value = read_number(number);
    if (!value) return false;
    if (speaks == Speaks::of_failure) op = negated(op);
    if (op == "!=") return false;
    Bounds& healthy = condition.healthy;
    if (op != ">" && op != ">=") healthy.max = healthy.max ? std::min(*healthy.max, *value) : *value;
    if (op != "<" && op != "<=") healthy.min = healthy.min ? std::max(*healthy.min, *value) : *value;
    return true;
  }
};

std::optional<Condition> read(std::string_view text, Speaks speaks) {
  if (text.size() > condition_bytes_max) return std::nullopt;
  Reader reader;
  if (!reader.read(text, speaks)) return std::nullopt;
  if (!reader.condition.healthy.min && !reader.condition.healthy.max) return std::nullopt;
  return std::move(reader.condition);
}

}  // namespace

std::optional<Condition> read_success(std::string_view condition) {
  return read(condition, Speaks::of_health);
}
std::optional<Condition> read_failure(std::string_view condition) {
  return read(condition, Speaks::of_failure);
}

}  // namespace davy::config::imported
