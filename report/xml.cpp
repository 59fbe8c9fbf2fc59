#include "report/xml.hpp"

#include "core/base/text.hpp"

namespace davy::report {

std::string xml_escaped(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (const char c : printable(text, bytes_max)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&apos;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace davy::report
