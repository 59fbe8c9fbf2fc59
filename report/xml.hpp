#pragma once

// Untrusted text inside XML 1.0, for attributes and for content: markup becomes entities; what XML has no way
// to write (control characters, U+FFFE, bytes that are not UTF-8) becomes a visible escape.

#include <string>
#include <string_view>

namespace davy::report {

std::string xml_escaped(std::string_view text, std::size_t bytes_max = 2000);

}  // namespace davy::report
