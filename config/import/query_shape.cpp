#include "config/import/query_shape.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace davy::config::imported {
namespace {

using Kind = Expression::Kind;

bool is_call(const Expression& expression, std::initializer_list<std::string_view> names) {
  return expression.kind == Kind::call &&
         std::find(names.begin(), names.end(), expression.name) != names.end();
}

bool is_binary(const Expression& expression, std::string_view name) {
  return expression.kind == Kind::binary && expression.name == name;
}

struct Reader {
  QueryShape shape;

  void note(std::string text) {
    if (std::find(shape.notes.begin(), shape.notes.end(), text) == shape.notes.end())
      shape.notes.push_back(std::move(text));
  }

  void note_grouping(const Expression& expression) {
    if (expression.without || !expression.labels.empty())
      note(fmt::format("there for each {} apart, here all series together",
                       expression.without ? "group" : join_spoken(expression.labels)));
  }

  // sum(rate(counter[5m])) in its many spellings: the counter.
  std::optional<Selector> counter(const Expression& expression) {
    if (is_binary(expression, "or") && constant(expression.arguments[1]))
      return counter(expression.arguments[0]);
    if (expression.aggregates && expression.name == "sum" && expression.arguments.size() == 1) {
      note_grouping(expression);
      return counter(expression.arguments[0]);
    }
    if (is_call(expression, {"scalar"}) && expression.arguments.size() == 1)
      return counter(expression.arguments[0]);
    if (!is_call(expression, {"rate", "irate", "increase"}) || expression.arguments.size() != 1)
      return std::nullopt;
    const Expression& inner = expression.arguments[0];
    const bool counts =
        inner.kind == Kind::selector && !inner.range.empty() && !inner.selector.metric.empty();
    return counts ? std::optional(inner.selector) : std::nullopt;
  }

  bool ratio(const Expression& above, const Expression& below) {
    const auto all = counter(below);
    if (!all) return false;
    if (is_binary(above, "-")) {  // (all - good) / all
      const auto first = counter(above.arguments[0]);
      const auto second = counter(above.arguments[1]);
      if (!first || !second || *first != *all) return false;
      shape.numerator = *second;
      shape.scale = -1;
      shape.offset = 1;
    } else {
      const Expression* events = &above;  // 100 * good / all is (100 * good) / all
      if (is_binary(above, "*")) {
        const auto left = constant(above.arguments[0]);
        const auto factor = left ? left : constant(above.arguments[1]);
        if (!factor) return false;
        shape.scale = *factor;
        events = &above.arguments[left ? 1 : 0];
      }
      const auto part = counter(*events);
      if (!part) return false;
      shape.numerator = *part;
    }
    shape.denominator = *all;
    shape.kind = QueryShape::Kind::ratio;
    return true;
  }

  bool quantile(const Expression& call) {
    if (call.arguments.size() != 2) return false;
    const auto q = constant(call.arguments[0]);
    const Expression* inner = &call.arguments[1];
    if (inner->aggregates && inner->name == "sum" && inner->arguments.size() == 1) {
      std::vector<std::string> others;
      std::copy_if(inner->labels.begin(), inner->labels.end(), std::back_inserter(others),
                   [](const std::string& label) { return label != "le"; });
      if (inner->without || !others.empty())
        note(fmt::format("there for each {} apart, here all series together",
                         inner->without ? "group" : join_spoken(others)));
      inner = &inner->arguments[0];
    } else {
      note("there for each series apart, here all series together");
    }
    const auto buckets = counter(*inner);
    if (!q || !(*q > 0 && *q < 1) || !buckets || !buckets->metric.ends_with("_bucket")) return false;
    const bool has_bounds = std::any_of(buckets->matchers.begin(), buckets->matchers.end(),
                                        [](const LabelMatcher& matcher) { return matcher.label == "le"; });
    if (has_bounds) return false;
    shape.histogram = *buckets;
    shape.histogram.metric.resize(buckets->metric.size() - std::string_view("_bucket").size());
    shape.quantile = *q;
    shape.kind = QueryShape::Kind::quantile;
    return true;
  }

  void scale_by(double factor) {
    shape.scale *= factor;
    shape.offset *= factor;
  }

  bool arithmetic(const Expression& expression) {
    const auto left = constant(expression.arguments[0]);
    const auto right = constant(expression.arguments[1]);
    if (!left == !right) return false;
    if (!value(expression.arguments[left ? 1 : 0])) return false;
    const double number = left ? *left : *right;
    if (expression.name == "*") scale_by(number);
    if (expression.name == "/" && (left || number == 0)) return false;
    if (expression.name == "/") scale_by(1 / number);
    if (expression.name == "-" && left) scale_by(-1);
    if (expression.name == "-") shape.offset += left ? number : -number;
    if (expression.name == "+") shape.offset += number;
    return true;
  }

  bool value(const Expression& expression) {
    if (is_binary(expression, "or") && constant(expression.arguments[1])) {
      note(fmt::format("there no data counts as {}, here on_no_data decides",
                       *constant(expression.arguments[1])));
      return value(expression.arguments[0]);
    }
    if (is_binary(expression, "/") && ratio(expression.arguments[0], expression.arguments[1])) return true;
    for (const char* op : {"*", "/", "+", "-"})
      if (is_binary(expression, op)) return arithmetic(expression);
    if (is_call(expression, {"histogram_quantile"})) return quantile(expression);
    if (is_call(expression, {"round", "scalar"}) && !expression.arguments.empty())
      return value(expression.arguments[0]);
    const bool of_one =
        expression.aggregates && expression.arguments.size() == 1 && is_single(expression.arguments[0]);
    if (of_one && is_call(expression, {"sum", "avg", "max", "min"})) return value(expression.arguments[0]);
    return false;
  }
};

MatchKind opposite(MatchKind kind) {
  switch (kind) {
    case MatchKind::equal: return MatchKind::not_equal;
    case MatchKind::not_equal: return MatchKind::equal;
    case MatchKind::regex: return MatchKind::not_regex;
    case MatchKind::not_regex: return MatchKind::regex;
  }
  return MatchKind::equal;
}

bool contains(const Selector& selector, const LabelMatcher& matcher) {
  return std::find(selector.matchers.begin(), selector.matchers.end(), matcher) != selector.matchers.end();
}

}  // namespace

QueryShape shape_of(const Expression& query) {
  Reader reader;
  if (!reader.value(query) || reader.shape.scale == 0) return {};
  return std::move(reader.shape);
}

std::optional<Selector> rest_of(const Selector& all, const Selector& part) {
  if (all.metric != part.metric || part.matchers.size() != all.matchers.size() + 1) return std::nullopt;
  Selector rest = all;
  for (const LabelMatcher& matcher : part.matchers)
    if (!contains(all, matcher))
      rest.matchers.push_back({matcher.label, opposite(matcher.kind), matcher.value});
  if (rest.matchers.size() != part.matchers.size()) return std::nullopt;
  return rest;
}

bool is_share(const Selector& part, const Selector& all) {
  if (part == all) return false;
  const auto is_amount = [](const std::string& name) {
    constexpr std::array<std::string_view, 6> amounts{"_sum",  "_seconds_total",      "_bytes_total",
                                                      "bytes", "_milliseconds_total", "_ms_total"};
    return std::any_of(amounts.begin(), amounts.end(),
                       [&](std::string_view end) { return name.ends_with(end); });
  };
  if (is_amount(part.metric) || is_amount(all.metric)) return false;
  if (part.metric == all.metric) {
    return std::all_of(all.matchers.begin(), all.matchers.end(),
                       [&](const LabelMatcher& matcher) { return contains(part, matcher); });
  }
  constexpr std::array<std::string_view, 14> words{"error", "fail",    "bad",     "exception", "reject",
                                                   "drop",  "timeout", "success", "handled",   "good",
                                                   "5xx",   "panic",   "invalid", "bucket"};
  const std::string name = to_lower(part.metric);
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

}  // namespace davy::config::imported
