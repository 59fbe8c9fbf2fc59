#include "collector/parse/label_reader.hpp"

#include "collector/parse/characters.hpp"

#include <algorithm>
#include <cstring>

namespace davy::collector {
namespace {

// Below this many labels comparing each with each is cheaper than sorting.
constexpr std::size_t small_set = 12;

constexpr Complaint unterminated{"a label set does not end"};

}  // namespace

void LabelReader::clear() {
  labels_.clear();
  metric_name_.reset();
  unescaped_.clear();
}

void LabelReader::skip_blanks(const char*& at, const char* end) const {
  if (!dialect_.blanks) return;
  while (at != end && (*at == ' ' || *at == '\t')) ++at;
}

Complaint LabelReader::read(const char*& at, const char* end) {
  clear();
  skip_blanks(at, end);
  if (dialect_.stray_commas && at != end && *at == ',') {
    ++at;
    skip_blanks(at, end);
  }
  if (at != end && *at == '}') {
    ++at;
    return {};
  }
  while (true) {
    if (const Complaint complaint = read_item(at, end)) return complaint;
    skip_blanks(at, end);
    if (at == end) return unterminated;
    if (*at == '}') break;
    if (*at != ',') return {"a comma or a closing brace is missing behind a label"};
    ++at;
    if (!dialect_.blanks && at != end && *at == ' ') ++at;
    skip_blanks(at, end);
    if (dialect_.stray_commas && at != end && *at == '}') break;
  }
  ++at;
  return check_unique();
}

Complaint LabelReader::read_item(const char*& at, const char* end) {
  if (at == end) return unterminated;
  std::string_view name;
  const bool is_quoted = *at == '"';
  if (is_quoted) {
    if (const Complaint complaint = read_quoted(at, end, name)) return complaint;
  } else {
    const char* const name_end = end_of_label_name(at, end);
    if (name_end == at) return {"a label name is missing or not valid"};
    name = {at, static_cast<std::size_t>(name_end - at)};
    at = name_end;
  }
  skip_blanks(at, end);
  if (at == end) return unterminated;
  if (*at != '=') {
    if (!is_quoted) return {"= is missing behind a label name"};
    if (name.empty()) return {"the metric name is empty"};
    if (metric_name_) return {"the metric name is given more than once"};
    metric_name_ = name;
    return {};
  }
  ++at;
  skip_blanks(at, end);
  if (at == end || *at != '"') return {"a label value must be quoted"};
  std::string_view value;
  if (const Complaint complaint = read_quoted(at, end, value)) return complaint;
  return add(name, value);
}

Complaint LabelReader::add(std::string_view name, std::string_view value) {
  if (name.empty()) return {"a label name is empty"};
  if (name.starts_with("__") && (!dialect_.reserved || name == "__name__"))
    return {"a label name is reserved"};
  if (limits_.label_name_bytes != 0 && name.size() > limits_.label_name_bytes) {
    return {"a label name is longer than label_name_length_limit", "label_name_length_limit"};
  }
  if (limits_.label_value_bytes != 0 && value.size() > limits_.label_value_bytes) {
    return {"a label value is longer than label_value_length_limit", "label_value_length_limit"};
  }
  if (limits_.labels != 0 && labels_.size() >= limits_.labels) {
    return {"a sample has more labels than label_limit", "label_limit"};
  }
  labels_.push_back({name, value});
  return {};
}

Complaint LabelReader::check_unique() {
  constexpr Complaint repeated{"a label name is given more than once"};
  if (labels_.size() <= small_set) {
    for (std::size_t i = 1; i < labels_.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (labels_[i].name == labels_[j].name) return repeated;
      }
    }
    return {};
  }
  names_.clear();
  for (const LabelView& label : labels_) names_.push_back(label.name);
  std::sort(names_.begin(), names_.end());
  return std::adjacent_find(names_.begin(), names_.end()) == names_.end() ? Complaint{} : repeated;
}

Complaint LabelReader::read_quoted(const char*& at, const char* end, std::string_view& text) {
  constexpr Complaint open{"a quote is not closed"};
  ++at;
  const char* const first = at;
  const auto* quote = static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
  if (quote == nullptr) return open;
  const auto* slash = static_cast<const char*>(std::memchr(at, '\\', static_cast<std::size_t>(quote - at)));
  if (slash == nullptr) {
    text = {first, static_cast<std::size_t>(quote - first)};
    at = quote + 1;
    return {};
  }
  // Escapes are rare. The room is reserved up front for the whole rest of the line, so earlier views stay
  // good.
  if (unescaped_.empty()) unescaped_.reserve(static_cast<std::size_t>(end - first));
  const std::size_t start = unescaped_.size();
  for (at = first; at != end && *at != '"'; ++at) {
    if (*at != '\\' || at + 1 == end) {
      unescaped_ += *at;
      continue;
    }
    ++at;
    if (*at == 'n') {
      unescaped_ += '\n';
    } else {
      if (*at != '"' && *at != '\\') unescaped_ += '\\';
      unescaped_ += *at;
    }
  }
  if (at == end) return open;
  ++at;
  text = std::string_view(unescaped_).substr(start);
  return {};
}

}  // namespace davy::collector
