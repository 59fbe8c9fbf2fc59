#pragma once

// Small, pure operations on text.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace davy {

// True for well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF).
bool is_utf8(std::string_view bytes);

// Untrusted text made safe for one line of a log or terminal: control characters (C0, DEL, C1 and the Unicode
// line separators), noncharacters, bytes that are not UTF-8 and bidirectional overrides become escapes;
// longer than bytes_max ends in "...". So does the bracket of "##[", which GitHub's runner takes for a
// command wherever it stands in a line.
std::string printable(std::string_view untrusted, std::size_t bytes_max = 256);

// The candidate that a person most likely meant, or nothing when none is near (Damerau-Levenshtein distance).
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

// As a part of a URL or of a form: all but letters, digits and -_.~ as %XX (RFC 3986).
std::string percent_encoded(std::string_view text);

std::string_view trim(std::string_view text);
std::string to_lower(std::string_view ascii);
bool equal_ignoring_case(std::string_view a, std::string_view b);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);

// "a", "a and b", "a, b and c".
std::string join_spoken(std::span<const std::string> parts);

// "1 request", "20 requests".
std::string counted(double n, std::string_view singular);

}  // namespace davy
