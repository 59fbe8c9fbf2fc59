#pragma once

// A Selector ready to be asked about many series. Regular expressions are RE2, so a match takes time linear
// in the value; they match the whole value. A label that a series does not have counts as "".

#include "core/base/result.hpp"
#include "core/model/metric.hpp"
#include "core/model/selector.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace davy::collector {

class CompiledSelector {
 public:
  // Matches every series.
  CompiledSelector();
  // `suffix` is appended to the metric's name ("_bucket"). Error: invalid, naming the expression and RE2's
  // reason.
  static Result<CompiledSelector> compile(const Selector& selector, std::string_view suffix = {});
  ~CompiledSelector();
  CompiledSelector(CompiledSelector&&) noexcept;
  CompiledSelector& operator=(CompiledSelector&&) noexcept;

  bool matches(const Series& series) const;
  const std::string& metric() const { return metric_; }  // empty: any

 private:
  struct Matcher {
    LabelMatcher text;
    std::unique_ptr<re2::RE2> expression;  // only for regular expressions
    bool matches(std::string_view value) const;
  };

  std::string metric_;
  std::vector<Matcher> matchers_;
};

}  // namespace davy::collector
