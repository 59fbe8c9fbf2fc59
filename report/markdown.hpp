#pragma once

// Untrusted text inside Markdown: what could start markup, a table cell, HTML or a link becomes plain
// characters.

#include <string>
#include <string_view>

namespace davy::report {

std::string markdown_escaped(std::string_view text);

}  // namespace davy::report
