#include "core/model/labels.hpp"

#include <algorithm>

namespace davy {
namespace {

bool by_name(const Labels::Pair& a, const Labels::Pair& b) { return a.first < b.first; }

}  // namespace

Labels::Labels(std::initializer_list<Pair> pairs) : Labels(std::vector<Pair>(pairs)) {}

Labels::Labels(std::vector<Pair> pairs) : pairs_(std::move(pairs)) {
  std::stable_sort(pairs_.begin(), pairs_.end(), by_name);
  const auto same_name = [](const Pair& a, const Pair& b) { return a.first == b.first; };
  pairs_.erase(std::unique(pairs_.begin(), pairs_.end(), same_name), pairs_.end());
}

std::optional<std::string_view> Labels::get(std::string_view name) const {
  for (const Pair& pair : pairs_) {
    if (pair.first == name) return pair.second;
  }
  return std::nullopt;
}

void Labels::set(std::string name, std::string value) {
  Pair pair{std::move(name), std::move(value)};
  const auto at = std::lower_bound(pairs_.begin(), pairs_.end(), pair, by_name);
  if (at != pairs_.end() && at->first == pair.first) {
    at->second = std::move(pair.second);
  } else {
    pairs_.insert(at, std::move(pair));
  }
}

void Labels::erase(std::string_view name) {
  std::erase_if(pairs_, [&](const Pair& pair) { return pair.first == name; });
}

std::string quoted(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string to_text(const Labels& labels) {
  std::string out = "{";
  for (const auto& [name, value] : labels) {
    if (out.size() > 1) out += ", ";
    out += name + "=" + quoted(value);
  }
  return out + "}";
}

}  // namespace davy
