#include "collector/store/compiled_selector.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <re2/re2.h>

namespace davy::collector {
namespace {

constexpr std::string_view name_label = "__name__";

std::unique_ptr<re2::RE2> compile_expression(const std::string& text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);  // as Prometheus: a dot matches whatever is in a value
  return std::make_unique<re2::RE2>(text, options);
}

}  // namespace

CompiledSelector::CompiledSelector() = default;
CompiledSelector::~CompiledSelector() = default;
CompiledSelector::CompiledSelector(CompiledSelector&&) noexcept = default;
CompiledSelector& CompiledSelector::operator=(CompiledSelector&&) noexcept = default;

Result<CompiledSelector> CompiledSelector::compile(const Selector& selector, std::string_view suffix) {
  CompiledSelector out;
  if (!selector.metric.empty()) out.metric_ = selector.metric + std::string(suffix);
  for (const LabelMatcher& text : selector.matchers) {
    Matcher matcher{text, nullptr};
    if (text.kind == MatchKind::regex || text.kind == MatchKind::not_regex) {
      matcher.expression = compile_expression(text.value);
      if (!matcher.expression->ok()) {
        return Error(ErrorKind::invalid, fmt::format("'{}' is not a regular expression (RE2): {}", text.value,
                                                     matcher.expression->error()));
      }
    }
    out.matchers_.push_back(std::move(matcher));
  }
  return out;
}

bool CompiledSelector::Matcher::matches(std::string_view value) const {
  switch (text.kind) {
    case MatchKind::equal: return value == text.value;
    case MatchKind::not_equal: return value != text.value;
    case MatchKind::regex: return re2::RE2::FullMatch({value.data(), value.size()}, *expression);
    case MatchKind::not_regex: return !re2::RE2::FullMatch({value.data(), value.size()}, *expression);
  }
  return false;
}

bool CompiledSelector::matches(const Series& series) const {
  if (!metric_.empty() && series.name != metric_) return false;
  return std::all_of(matchers_.begin(), matchers_.end(), [&](const Matcher& matcher) {
    if (matcher.text.label == name_label) return matcher.matches(series.name);
    return matcher.matches(series.labels.get(matcher.text.label).value_or(std::string_view()));
  });
}

}  // namespace davy::collector
