#include "config/import/promql.hpp"

#include "config/quantity.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace davy::config::imported {
namespace {

constexpr int depth_max = 60;

constexpr std::array<std::string_view, 12> aggregations{"sum",   "min",     "max",      "avg",
                                                        "group", "stddev",  "count",    "stdvar",
                                                        "topk",  "bottomk", "quantile", "count_values"};

bool is_aggregation(std::string_view name) {
  return std::find(aggregations.begin(), aggregations.end(), name) != aggregations.end();
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':'; }

// Throws nothing: `bad_` is raised, and everything that follows is void.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<Expression> whole() {
    Expression expression = binary(0);
    blanks();
    if (bad_ || at_ != text_.size()) return std::nullopt;
    return expression;
  }

 private:
  struct Operator {
    std::string name;
    int rank = 0;
  };

  void blanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  char next() {
    blanks();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (next() != c) return false;
    ++at_;
    return true;
  }
  void want(char c) {
    if (!take(c)) bad_ = true;
  }
  std::string_view peek_word() {
    blanks();
    std::size_t end = at_;
    while (end < text_.size() && is_word(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }

  std::optional<Operator> peek_operator() {
    blanks();
    static const std::vector<Operator> known{{"==", 3}, {"!=", 3}, {">=", 3}, {"<=", 3}, {">", 3}, {"<", 3},
                                             {"+", 4},  {"-", 4},  {"*", 5},  {"/", 5},  {"%", 5}, {"^", 6}};
    for (const Operator& op : known)
      if (text_.substr(at_).starts_with(op.name)) return op;
    const std::string word = to_lower(peek_word());
    if (word == "or") return Operator{"or", 1};
    if (word == "and" || word == "unless") return Operator{word, 2};
    if (word == "atan2") bad_ = true;
    return std::nullopt;
  }

  // on(), ignoring(a) and bool say how series meet; group_left and group_right are not for us.
  void matching() {
    const std::string word = to_lower(peek_word());
    if (word == "bool") bad_ = true;
    if (word == "on" || word == "ignoring") {
      at_ += word.size();
      static_cast<void>(label_list());
    }
    if (to_lower(peek_word()).starts_with("group_")) bad_ = true;
  }

  std::vector<std::string> label_list() {
    std::vector<std::string> labels;
    want('(');
    while (!bad_ && next() != ')') {
      const std::string_view word = peek_word();
      if (word.empty()) bad_ = true;
      labels.emplace_back(word);
      at_ += word.size();
      if (!take(',')) break;
    }
    want(')');
    return labels;
  }

  Expression binary(int rank) {
    if (++depth_ > depth_max) bad_ = true;
    if (bad_) return {};
    Expression left = unary();
    while (!bad_) {
      const auto op = peek_operator();
      if (!op || op->rank <= rank) break;
      at_ += op->name.size();
      matching();
      Expression both;
      both.kind = Expression::Kind::binary;
      both.name = op->name;
      both.begin = left.begin;
      both.arguments.push_back(std::move(left));
      both.arguments.push_back(binary(op->name == "^" ? op->rank - 1 : op->rank));
      both.end = at_;
      left = std::move(both);
    }
    --depth_;
    return left;
  }

  Expression unary() {
    const std::size_t begin = (blanks(), at_);
    while (take('+')) {
    }
    if (!take('-')) return primary();
    Expression minus;
    minus.kind = Expression::Kind::binary;
    minus.name = "*";
    minus.begin = begin;
    minus.arguments.resize(1);
    minus.arguments[0].number = -1;
    minus.arguments.push_back(bad_ ? Expression() : primary());
    minus.end = at_;
    return minus;
  }

  Expression primary() {
    Expression out;
    const char c = next();
    out.begin = at_;
    if (c == '(') {
      ++at_;
      out = binary(0);
      want(')');
      if (next() == '[') bad_ = true;
      return out;
    }
    if (c == '"' || c == '\'' || c == '`') {
      skip_text();
      out.kind = Expression::Kind::text;
    } else if (std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.') {
      take_number(out);
    } else if (c == '{' || is_word(c)) {
      named(out);
    } else {
      bad_ = true;
    }
    const std::string after = to_lower(peek_word());
    if (after == "offset" || next() == '@') bad_ = true;
    out.end = at_;
    return out;
  }

  void take_number(Expression& out) {
    std::size_t end = at_;
    while (end < text_.size() &&
           (is_word(text_[end]) || text_[end] == '.' ||
            ((text_[end] == '-' || text_[end] == '+') && (text_[end - 1] == 'e' || text_[end - 1] == 'E'))))
      ++end;
    const auto number = read_number(text_.substr(at_, end - at_));
    if (!number) bad_ = true;
    out.number = number.value_or(0);
    at_ = end;
  }

  void skip_text() {
    const char quote = text_[at_++];
    while (at_ < text_.size() && text_[at_] != quote) at_ += text_[at_] == '\\' && quote != '`' ? 2U : 1U;
    at_ = std::min(at_, text_.size());
    want(quote);
  }

  void named(Expression& out) {
    const std::string name(peek_word());
    const std::size_t begin = at_;
    at_ += name.size();
    const std::string following = to_lower(peek_word());
    if (is_aggregation(name) && (next() == '(' || following == "by" || following == "without"))
      return aggregation(out, name);
    if (next() == '(') return call(out, name);
    selector(out, begin);
  }

  void grouping(Expression& out) {
    const std::string word = to_lower(peek_word());
    if (word != "by" && word != "without") return;
    at_ += word.size();
    out.without = word == "without";
    out.labels = label_list();
  }

  void aggregation(Expression& out, const std::string& name) {
    grouping(out);
    call(out, name);
    grouping(out);
    out.aggregates = true;
  }

  void call(Expression& out, const std::string& name) {
    out.kind = Expression::Kind::call;
    out.name = name;
    want('(');
    while (!bad_ && next() != ')') {
      out.arguments.push_back(binary(0));
      if (!take(',')) break;
    }
    want(')');
    if (next() == '[') bad_ = true;
  }

  void selector(Expression& out, std::size_t begin) {
    out.kind = Expression::Kind::selector;
    std::string written(text_.substr(begin, at_ - begin));
    if (next() == '{') written += braces();
    SelectorProblem ignored;
    const auto read = bad_ ? std::nullopt : parse_selector(written, ignored);
    if (!read) bad_ = true;
    if (read) out.selector = *read;
    if (take('[')) {
      const std::size_t end = text_.find(']', at_);
      if (end == std::string_view::npos) {
        bad_ = true;
        return;
      }
      out.range = std::string(trim(text_.substr(at_, end - at_)));
      if (out.range.empty() || out.range.find(':') != std::string::npos) bad_ = true;
      at_ = end + 1;
    }
  }

  // Up to the closing brace, without a comma before it.
  std::string braces() {
    const std::size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '}' && !bad_) {
      if (text_[at_] == '"' || text_[at_] == '\'' || text_[at_] == '`')
        skip_text();
      else
        ++at_;
    }
    std::string_view inside = trim(text_.substr(begin + 1, std::min(at_, text_.size()) - begin - 1));
    want('}');
    if (inside.ends_with(',')) inside.remove_suffix(1);
    return "{" + std::string(inside) + "}";
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool bad_ = false;
};

}  // namespace

std::optional<Expression> parse_promql(std::string_view query) { return Parser(query).whole(); }

std::string one_line(std::string_view query) {
  std::string out;
  char quote = '\0';
  for (std::size_t i = 0; i < query.size(); ++i) {
    const char c = query[i];
    if (quote != '\0') {
      out += c;
      if (c == '\\' && quote != '`' && i + 1 < query.size())
        out += query[++i];
      else if (c == quote)
        quote = '\0';
      continue;
    }
    if (c == '#') {
      while (i < query.size() && query[i] != '\n') ++i;
      if (!out.empty() && out.back() != ' ') out += ' ';
      continue;
    }
    if (c == '"' || c == '\'' || c == '`') quote = c;
    const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!blank) out += c;
    if (blank && !out.empty() && out.back() != ' ') out += ' ';
  }
  return std::string(trim(out));
}

std::optional<double> constant(const Expression& expression) {
  if (expression.kind == Expression::Kind::number) return expression.number;
  if (expression.kind == Expression::Kind::call && expression.arguments.size() == 1 &&
      (expression.name == "vector" || expression.name == "scalar"))
    return constant(expression.arguments[0]);
  if (expression.kind != Expression::Kind::binary) return std::nullopt;
  const auto left = constant(expression.arguments[0]);
  const auto right = constant(expression.arguments[1]);
  if (!left || !right) return std::nullopt;
  if (expression.name == "+") return *left + *right;
  if (expression.name == "-") return *left - *right;
  if (expression.name == "*") return *left * *right;
  if (expression.name == "/" && *right != 0) return *left / *right;
  return std::nullopt;
}

bool is_single(const Expression& expression) {
  const auto all_single = [](const std::vector<Expression>& parts) {
    return std::all_of(parts.begin(), parts.end(), is_single);
  };
  switch (expression.kind) {
    case Expression::Kind::number:
    case Expression::Kind::text: return true;
    case Expression::Kind::selector: return false;
    case Expression::Kind::binary: return all_single(expression.arguments);
    case Expression::Kind::call: break;
  }
  if (expression.aggregates)
    return expression.labels.empty() && !expression.without && expression.name != "topk" &&
           expression.name != "bottomk" && expression.name != "count_values";
  if (expression.name == "scalar" || expression.name == "vector" || expression.name == "time" ||
      expression.name == "absent" || expression.name == "absent_over_time")
    return true;
  if (expression.name == "histogram_quantile" && expression.arguments.size() == 2) {
    const Expression& inner = expression.arguments[1];
    return inner.aggregates && !inner.without && inner.labels == std::vector<std::string>{"le"};
  }
  return !expression.arguments.empty() && all_single(expression.arguments);
}

}  // namespace davy::config::imported
