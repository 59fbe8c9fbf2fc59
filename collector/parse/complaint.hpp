#pragma once

// What is wrong with a line, as long as nobody has yet said which line: a literal, so that saying it costs
// nothing.

#include "core/base/result.hpp"

#include <cstddef>
#include <string_view>

namespace davy::collector {

struct Complaint {
  std::string_view what;             // empty: nothing is wrong
  std::string_view cause = "parse";  // or the name of the limit that was exceeded
  explicit operator bool() const { return !what.empty(); }
};

// The complaint as an Error: "line 7: what: the line's first 80 bytes, escaped".
Error refusal(std::size_t line_number, std::string_view line, const Complaint& complaint);

}  // namespace davy::collector
