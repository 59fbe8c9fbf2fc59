#include "core/model/selector.hpp"

#include "core/model/labels.hpp"

#include <fmt/format.h>

namespace davy {
namespace {

bool starts_name(char c, bool metric) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (metric && c == ':');
}
bool continues_name(char c, bool metric) { return starts_name(c, metric) || (c >= '0' && c <= '9'); }

bool is_legacy_name(std::string_view name, bool metric) {
  if (name.empty() || !starts_name(name.front(), metric)) return false;
  for (const char c : name) {
    if (!continues_name(c, metric)) return false;
  }
  return true;
}

// One pass over the text; `failed` stops it and keeps the place.
class SelectorReader {
 public:
  SelectorReader(std::string_view text, SelectorProblem& problem) : text_(text), problem_(problem) {}

  std::optional<Selector> read() {
    skip_blanks();
    if (at_end()) return fail("a selector is empty; write a metric name like http_requests_total");
    selector_.metric = name(true);
    skip_blanks();
    if (!at_end() && peek() == '{' && !braces()) return std::nullopt;
    skip_blanks();
    if (!at_end()) {
      if (peek() == '[')
        return fail("a range like [5m] does not belong here; write the counter itself, Davy takes increases");
      if (peek() == '(')
        return fail(
            "functions do not belong here; write the metric itself, like http_requests_total, or a check of "
            "its "
            "own with promql: for a whole query");
      return fail("unexpected text after the selector");
    }
    if (selector_.metric.empty() && selector_.matchers.empty())
      return fail("a selector needs a name or a matcher");
    return std::move(selector_);
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return text_[at_]; }
  void skip_blanks() {
    while (!at_end() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) ++at_;
  }
  std::nullopt_t fail(std::string message) {
    problem_ = {at_, std::move(message)};
    return std::nullopt;
  }

  std::string name(bool metric) {
    const std::size_t start = at_;
    if (at_end() || !starts_name(peek(), metric)) return {};
    while (!at_end() && continues_name(peek(), metric)) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  std::optional<std::string> string_literal() {
    const char quote = at_end() ? ' ' : peek();
    if (quote != '"' && quote != '\'' && quote != '`') return fail("expected a quoted value");
    const std::size_t start = at_++;
    std::string out;
    while (!at_end() && peek() != quote) {
      if (peek() != '\\' || quote == '`') {
        out += text_[at_++];
        continue;
      }
      if (++at_ >= text_.size()) break;
      const char c = text_[at_++];
      switch (c) {
        case 'n': out += '\n'; break;
        case 't': out += '\t'; break;
        case 'r': out += '\r'; break;
        case '\\':
        case '"':
        case '\'': out += c; break;
        default:
          at_ -= 2;
          return fail(fmt::format("unknown escape \\{}; in a regular expression write a backslash twice", c));
      }
    }
    if (at_end()) {
      at_ = start;
      return fail("this quote is never closed");
    }
    ++at_;
    return out;
  }

  std::optional<MatchKind> match_kind() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("=~")) return at_ += 2, MatchKind::regex;
    if (rest.starts_with("!~")) return at_ += 2, MatchKind::not_regex;
    if (rest.starts_with("!=")) return at_ += 2, MatchKind::not_equal;
    if (rest.starts_with("==")) return fail("write one =, not ==");
    if (rest.starts_with("=")) return at_ += 1, MatchKind::equal;
    return fail("expected one of = != =~ !~");
  }

  bool matcher() {
    std::string label;
    const std::size_t start = at_;
    if (peek() == '"' || peek() == '\'' || peek() == '`') {
      auto literal = string_literal();
      if (!literal) return false;
      skip_blanks();
      if (!at_end() && (peek() == ',' || peek() == '}')) return quoted_metric(std::move(*literal), start);
      label = std::move(*literal);
    } else {
      label = name(false);
      if (label.empty()) return fail("expected a label name"), false;
    }
    skip_blanks();
    const auto kind = match_kind();
    if (!kind) return false;
    skip_blanks();
    auto value = string_literal();
    if (!value) return false;
    if (label == "__name__" && *kind == MatchKind::equal && selector_.metric.empty()) {
      selector_.metric = std::move(*value);
      return true;
    }
    selector_.matchers.push_back({std::move(label), *kind, std::move(*value)});
    return true;
  }

  bool quoted_metric(std::string metric, std::size_t start) {
    if (!selector_.metric.empty() || metric.empty()) {
      at_ = start;
      fail(metric.empty() ? "a metric name cannot be empty" : "the metric is named twice");
      return false;
    }
    selector_.metric = std::move(metric);
    return true;
  }

  bool braces() {
    const std::size_t open = at_++;
    skip_blanks();
    while (!at_end() && peek() != '}') {
      if (!matcher()) return false;
      skip_blanks();
      if (!at_end() && peek() == ',') {
        ++at_;
        skip_blanks();
      } else if (!at_end() && peek() != '}') {
        return fail("expected , or }"), false;
      }
    }
    if (at_end()) return at_ = open, fail("this { is never closed"), false;
    ++at_;
    return true;
  }

  std::string_view text_;
  SelectorProblem& problem_;
  std::size_t at_ = 0;
  Selector selector_;
};

std::string_view to_text(MatchKind kind) {
  switch (kind) {
    case MatchKind::equal: return "=";
    case MatchKind::not_equal: return "!=";
    case MatchKind::regex: return "=~";
    case MatchKind::not_regex: return "!~";
  }
  return "=";
}

}  // namespace

std::optional<Selector> parse_selector(std::string_view text, SelectorProblem& problem) {
  return SelectorReader(text, problem).read();
}

std::string to_text(const Selector& selector) {
  std::string inside;
  std::string outside = selector.metric;
  if (!selector.metric.empty() && !is_legacy_name(selector.metric, true)) {
    inside = quoted(selector.metric);
    outside.clear();
  }
  for (const LabelMatcher& m : selector.matchers) {
    if (!inside.empty()) inside += ",";
    inside += is_legacy_name(m.label, false) ? m.label : quoted(m.label);
    inside += std::string(to_text(m.kind)) + quoted(m.value);
  }
  return inside.empty() ? outside : outside + "{" + inside + "}";
}

}  // namespace davy
