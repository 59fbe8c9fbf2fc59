#pragma once

// Reads one label set, {name="value",...}, into views: the hottest code of the room.
//
// A quoted text without "=" is the metric's name, as in {"http.requests",code="500"}. The views point into
// the body, or into this reader where an escape had to be resolved, and live until the next read().

#include "collector/parse/complaint.hpp"
#include "collector/parse/exposition.hpp"

#include <optional>
#include <string>
#include <vector>

namespace davy::collector {

// What one format allows that the other does not.
struct LabelDialect {
  bool blanks = false;        // blanks and tabs around every token; otherwise only a space behind a comma
  bool stray_commas = false;  // one before the first label or behind the last
  bool reserved = false;      // names that begin with "__"
};
inline constexpr LabelDialect text_labels{.blanks = true, .stray_commas = true, .reserved = true};
inline constexpr LabelDialect openmetrics_labels{};

class LabelReader {
 public:
  LabelReader(LabelDialect dialect, const ExpositionLimits& limits) : dialect_(dialect), limits_(limits) {}

  // `at` is behind the opening brace and, when all is well, ends up behind the closing one.
  Complaint read(const char*& at, const char* end);
  void clear();

  std::span<const LabelView> labels() const { return labels_; }
  const std::optional<std::string_view>& metric_name() const { return metric_name_; }

  // A quoted text, `at` on its opening quote. Used for metadata lines too.
  Complaint read_quoted(const char*& at, const char* end, std::string_view& text);

 private:
  Complaint read_item(const char*& at, const char* end);
  Complaint add(std::string_view name, std::string_view value);
  Complaint check_unique();
  void skip_blanks(const char*& at, const char* end) const;

  LabelDialect dialect_;
  ExpositionLimits limits_;
  std::vector<LabelView> labels_;
  std::vector<std::string_view> names_;  // only for large sets
  std::optional<std::string_view> metric_name_;
  std::string unescaped_;  // grows only in clear(): views into it stay good
};

}  // namespace davy::collector
