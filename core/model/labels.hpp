#pragma once

// A set of labels: name and value, sorted by name, each name once. Two sets are equal when they hold the same
// pairs, whatever order they were written in.

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace davy {

class Labels {
 public:
  using Pair = std::pair<std::string, std::string>;

  Labels() = default;
  Labels(std::initializer_list<Pair> pairs);
  explicit Labels(std::vector<Pair> pairs);  // sorts; of a repeated name the first stays

  // The value of a label; an absent label and an empty one mean the same to a matcher, but not to a reader.
  std::optional<std::string_view> get(std::string_view name) const;
  void set(std::string name, std::string value);
  void erase(std::string_view name);

  bool empty() const { return pairs_.empty(); }
  std::size_t size() const { return pairs_.size(); }
  auto begin() const { return pairs_.begin(); }
  auto end() const { return pairs_.end(); }

  auto operator<=>(const Labels&) const = default;

 private:
  std::vector<Pair> pairs_;
};

// {code="500", route="/pay"}; values escaped as in the exposition format. Empty set: "{}".
std::string to_text(const Labels& labels);

// "..." with backslash, quote and newline escaped, as the exposition format and PromQL both write it.
std::string quoted(std::string_view value);

}  // namespace davy
