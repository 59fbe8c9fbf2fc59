#include "collector/parse/native_histogram.hpp"

#include "collector/parse/number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace davy::collector {
namespace {

constexpr Complaint malformed{"a native histogram is not well formed"};

bool is_integer(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, value);
  return status == std::errc() && stop == end;
}

bool is_span(std::string_view text) {
  const std::size_t colon = text.find(':');
  return colon != std::string_view::npos && is_integer(text.substr(0, colon)) &&
         is_integer(text.substr(colon + 1));
}

// "[item,item]", possibly empty.
template <class IsItem>
bool is_list(std::string_view text, IsItem is_item) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return false;
  text = text.substr(1, text.size() - 2);
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (!is_item(text.substr(0, comma)) || comma + 1 == text.size()) return false;
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return true;
}

enum Field : unsigned { count = 1, sum = 2, schema = 4, zero_threshold = 8, zero_count = 16, lists = 32 };

constexpr std::array<std::pair<std::string_view, Field>, 9> fields{{
    {"count", count},
    {"sum", sum},
    {"schema", schema},
    {"zero_threshold", zero_threshold},
    {"zero_count", zero_count},
    {"positive_spans", lists},
    {"negative_spans", lists},
    {"positive_deltas", lists},
    {"negative_deltas", lists},
}};

}  // namespace

Complaint check_native_histogram(std::string_view text) {
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return malformed;
  text = text.substr(1, text.size() - 2);
  unsigned seen = 0;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return malformed;
    const std::string_view name = text.substr(0, colon);
    text.remove_prefix(colon + 1);
    const bool bracketed = !text.empty() && text.front() == '[';
    std::size_t end = bracketed ? text.find(']') : text.find(',');
    if (bracketed && end == std::string_view::npos) return malformed;
    end = bracketed ? end + 1 : std::min(end, text.size());
    const std::string_view value = text.substr(0, end);
    bool good = false;
    for (const auto& [known, field] : fields) {
      if (name != known || (field != lists && (seen & field) != 0)) continue;
      seen |= field;
      good = field != lists            ? parse_number(value, Overflow::refuse).has_value()
             : name.ends_with("spans") ? is_list(value, is_span)
                                       : is_list(value, is_integer);
    }
    if (!good) return malformed;
    text.remove_prefix(end);
    if (text.empty()) break;
    if (text.front() != ',' || text.size() == 1) return malformed;
    text.remove_prefix(1);
  }
  constexpr unsigned required = count | sum | schema | zero_threshold | zero_count;
  return (seen & required) == required ? Complaint{} : malformed;
}

}  // namespace davy::collector
