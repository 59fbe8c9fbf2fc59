#include "report/markdown.hpp"

#include "core/base/text.hpp"

#include <cctype>

namespace davy::report {

std::string markdown_escaped(std::string_view text) {
  constexpr std::string_view special = "\\`*_[]|~#";
  const std::string safe = printable(text, 2000);
  const auto is_word = [&](std::size_t i) {
    return i < safe.size() && std::isalnum(static_cast<unsigned char>(safe[i])) != 0;
  };
  std::string out;
  for (std::size_t i = 0; i < safe.size(); ++i) {
    const char c = safe[i];
    const bool inside_word = c == '_' && i > 0 && is_word(i - 1) && is_word(i + 1);  // no emphasis there
    if (c == ':' && out.find_first_not_of(" :\\") == std::string::npos) {
      out += "\\:";  // a CI system may take a line that begins with :: for a command
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (special.find(c) != special.npos && !inside_word) out += '\\';
      out += c;
    }
  }
  return out;
}

}  // namespace davy::report
