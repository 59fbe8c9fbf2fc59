#pragma once

// Which bytes may stand in a name, and whether a line is plain ASCII: the questions asked of every byte, as
// tables and as loops that a compiler turns into vector code.

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace davy::collector {

enum CharacterClass : std::uint8_t { name_start = 1, name_rest = 2, colon = 4 };

inline constexpr std::array<std::uint8_t, 256> character_classes = [] {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = name_start | name_rest;
  for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = name_start | name_rest;
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = name_rest;
  table['_'] = name_start | name_rest;
  table[':'] = colon;
  return table;
}();

inline bool is_class(char c, unsigned classes) {
  return (character_classes[static_cast<unsigned char>(c)] & classes) != 0;
}

// The end of the metric name that starts at `at`, or `at` when none does: [a-zA-Z_:][a-zA-Z0-9_:]*
inline const char* end_of_metric_name(const char* at, const char* end) {
  if (at == end || !is_class(*at, name_start | colon)) return at;
  while (at != end && is_class(*at, name_rest | colon)) ++at;
  return at;
}

// The same for a label's name: no colon.
inline const char* end_of_label_name(const char* at, const char* end) {
  if (at == end || !is_class(*at, name_start)) return at;
  while (at != end && is_class(*at, name_rest)) ++at;
  return at;
}

inline bool is_metric_name(std::string_view text) {
  const char* const end = text.data() + text.size();
  return !text.empty() && end_of_metric_name(text.data(), end) == end;
}

inline bool is_ascii(std::string_view text) {
  std::uint64_t bits = 0;
  std::size_t i = 0;
  for (; i + sizeof bits <= text.size(); i += sizeof bits) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, sizeof word);
    bits |= word;
  }
  for (; i < text.size(); ++i) bits |= static_cast<unsigned char>(text[i]);
  return (bits & 0x8080808080808080U) == 0;
}

}  // namespace davy::collector
