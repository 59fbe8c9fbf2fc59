#include "app/display_text.hpp"

#include <array>
#include <cstdint>

namespace davy::app {
namespace {

struct Range {
  std::uint32_t first, last;
};

constexpr std::array<Range, 9> combining{{{0x0300, 0x036F},
                                          {0x0483, 0x0489},
                                          {0x0591, 0x05BD},
                                          {0x064B, 0x065F},
                                          {0x1AB0, 0x1AFF},
                                          {0x1DC0, 0x1DFF},
                                          {0x20D0, 0x20FF},
                                          {0xFE00, 0xFE0F},
                                          {0xFE20, 0xFE2F}}};
constexpr std::array<Range, 11> wide{{{0x1100, 0x115F},
                                      {0x231A, 0x231B},
                                      {0x2600, 0x27BF},
                                      {0x2B00, 0x2BFF},
                                      {0x2E80, 0xA4CF},
                                      {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF},
                                      {0xFE30, 0xFE6F},
                                      {0xFF00, 0xFF60},
                                      {0xFFE0, 0xFFE6},
                                      {0x1F000, 0x3FFFD}}};

template <std::size_t N>
bool among(const std::array<Range, N>& ranges, std::uint32_t c) {
  for (const Range& range : ranges) {
    if (c >= range.first && c <= range.last) return true;
  }
  return false;
}

// The bytes of the character that the text begins with; a stray byte counts as one.
std::size_t bytes_of_first(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
  return std::min(length, text.size());
}

std::size_t width_of(std::string_view character) {
  std::uint32_t value = static_cast<unsigned char>(character.front());
  if (character.size() > 1) value &= 0xFFU >> (character.size() + 1);
  for (const char c : character.substr(1)) value = (value << 6U) | (static_cast<unsigned char>(c) & 0x3FU);
  return among(combining, value) ? 0 : among(wide, value) ? 2 : 1;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const std::size_t bytes = bytes_of_first(text);
    columns += width_of(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  return columns;
}

std::string fitted(std::string_view text, std::size_t columns) {
  if (columns == 0) return "";
  if (display_width(text) <= columns) return std::string(text);
  std::size_t used = 0, end = 0;
  while (true) {
    const std::size_t bytes = bytes_of_first(text.substr(end));
    used += width_of(text.substr(end, bytes));
    if (used > columns - 1) break;  // the last column is the mark's
    end += bytes;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string padded(std::string_view text, std::size_t columns) {
  std::string out = fitted(text, columns);
  return out + std::string(columns - display_width(out), ' ');
}

}  // namespace davy::app
