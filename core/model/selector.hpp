#pragma once

// A PromQL instant selector as a value: http_requests_total{code=~"5..", method!="GET"}.
//
// Grammar: an optional metric name, then optional matchers in braces with = != =~ !~; names outside the
// legacy charset are quoted, the metric's inside the braces: {"http.requests", code="500"}. Values are quoted
// with "..." '...' or `...`. Regular expressions are RE2 and match the whole value. A label that a series
// does not have counts as "". Compiling and matching is the collector's work: this is only the text, taken
// apart.

#include "core/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace davy {

enum class MatchKind { equal, not_equal, regex, not_regex };

struct LabelMatcher {
  std::string label;
  MatchKind kind = MatchKind::equal;
  std::string value;
  bool operator==(const LabelMatcher&) const = default;
};

struct Selector {
  std::string metric;  // empty: any metric (only allowed in `where`)
  std::vector<LabelMatcher> matchers;
  bool operator==(const Selector&) const = default;
};

struct SelectorProblem {
  std::size_t offset = 0;  // bytes into the text, for a caret
  std::string message;
};

// On failure `problem` says where and why. A name is not required: the caller decides whether one must be
// there.
std::optional<Selector> parse_selector(std::string_view text, SelectorProblem& problem);

std::string to_text(const Selector& selector);

}  // namespace davy
