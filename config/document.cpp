#include "config/document.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>

namespace davy::config {
namespace {

constexpr std::size_t excerpt_bytes_max = 120;

constexpr std::array<std::string_view, 11> secret_words{"password", "passwd",      "passphrase", "token",
                                                        "secret",   "credentials", "api_key",    "apikey",
                                                        "bearer",   "private_key", "webhook_url"};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

// The end of the quoted text that begins at `start`, or of the line.
std::size_t quote_end(std::string_view line, std::size_t start) {
  const char quote = line[start];
  if (quote != '"' && quote != '\'') return start + 1;
  for (std::size_t i = start + 1; i < line.size(); ++i) {
    if (quote == '"' && line[i] == '\\') {
      ++i;
    } else if (line[i] == quote) {
      return i + 1;
    }
  }
  return line.size();
}

// The place after "key:" when the word that ends before `colon` is a secret's.
bool gives_secret(std::string_view line, std::size_t colon) {
  std::size_t end = colon;
  while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '"' || line[end - 1] == '\'')) --end;
  std::size_t start = end;
  while (start > 0 && is_word(line[start - 1])) --start;
  const std::string key = to_lower(line.substr(start, end - start));
  const std::string_view value = trim(line.substr(colon + 1));
  if (value.empty() || value.front() == '{' || value.front() == '#') return false;
  return is_secret_key(key) || key == "authorization" || key == "cookie";
}

std::string without_userinfo(std::string line) {
  for (std::size_t at = line.find("://"); at != std::string::npos; at = line.find("://", at + 3)) {
    const std::size_t sign = line.find_first_of("@/ \t\"'?#", at + 3);
    if (sign != std::string::npos && line[sign] == '@') line.replace(at + 3, sign - at - 3, "<redacted>");
  }
  return line;
}

}  // namespace

bool is_secret_key(std::string_view key) {
  std::string lower = to_lower(key);
  std::replace(lower.begin(), lower.end(), '-', '_');
  return std::any_of(secret_words.begin(), secret_words.end(), [&](std::string_view word) {
    return lower == word || lower.ends_with("_" + std::string(word));
  });
}

std::string masked(std::string_view line) {
  for (std::size_t colon = line.find(':'); colon != std::string_view::npos;
       colon = line.find(':', colon + 1)) {
    if (gives_secret(line, colon))
      return without_userinfo(std::string(line.substr(0, colon))) + ": <redacted>";
  }
  return without_userinfo(std::string(line));
}

Document::Document(std::string file, const std::string& text)
    : file_(printable(file)), problems_(std::make_shared<Problems>()) {
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines_.emplace_back(line);
  }
}

Problem Document::problem_of_file() const {
  Problem problem;
  problem.file = file_;
  return problem;
}

Problem Document::problem_at(const Place& at) const {
  Problem problem = problem_of_file();
  const std::string_view line =
      at.line < lines_.size() ? std::string_view(lines_[at.line]) : std::string_view();
  const std::size_t column = std::min(at.column, line.size());
  problem.line = at.line + 1;
  problem.column = character_count(line.substr(0, column)) + 1;

  const std::string shown = masked(line);
  const bool is_masked = shown != line;
  std::size_t start = column > excerpt_bytes_max * 2 / 3 ? column - excerpt_bytes_max / 3 : 0;
  while (start > 0 && continues_character(line[start])) --start;
  if (is_masked) start = 0;
  const std::size_t end_of_value =
      at.width > 0 || column >= line.size() ? column + at.width : quote_end(line, column);
  const std::string before = start > 0 ? "..." : "";
  problem.excerpt =
      before + printable(std::string_view(shown).substr(std::min(start, shown.size())), excerpt_bytes_max);
  const std::string lead = before + printable(line.substr(start, column - start), excerpt_bytes_max * 2);
  problem.caret = std::min(character_count(lead), character_count(problem.excerpt));
  const std::string under =
      printable(line.substr(column, std::min(end_of_value, line.size()) - column), 4096);
  const std::size_t room = std::max(character_count(problem.excerpt), problem.caret + 1) - problem.caret;
  problem.caret_width = std::clamp<std::size_t>(character_count(under), 1, room);
  return problem;
}

}  // namespace davy::config
