#include "report/markdown.hpp"

#include "core/base/text.hpp"

namespace davy::report {

std::string markdown_escaped(std::string_view text) {
  constexpr std::string_view special = "\\`*_[]|~#";
  std::string out;
  for (const char c : printable(text, 2000)) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (special.find(c) != special.npos) out += '\\';
      out += c;
    }
  }
  return out;
}

}  // namespace davy::report
