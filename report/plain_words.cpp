#include "report/plain_words.hpp"

namespace davy::report {

std::string plain_word(std::string_view untrusted) {
  constexpr std::string_view others = "-_.:/@+";
  constexpr std::size_t bytes_max = 200;
  std::string out(untrusted.substr(0, bytes_max));
  for (char& c : out) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       others.find(c) != others.npos;
    if (!plain) c = '_';
  }
  return out;
}

std::string assignments(const std::vector<std::pair<std::string, std::string>>& values) {
  std::string out;
  for (const auto& [key, value] : values) out += key + "=" + plain_word(value) + "\n";
  return out;
}

}  // namespace davy::report
