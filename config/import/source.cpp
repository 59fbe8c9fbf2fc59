#include "config/import/source.hpp"

#include "config/quantity.hpp"
#include "core/base/text.hpp"

#include <fmt/format.h>

namespace davy::config::imported {
namespace {

constexpr std::size_t documents_max = 500;

struct Piece {
  std::string text;
  std::size_t first_line = 0;
};

// --- at a line's beginning ends a document even inside a block of text (YAML 1.2, 9.1.2).
std::vector<Piece> pieces_of(const std::string& text) {
  std::vector<Piece> pieces(1);
  std::size_t line_number = 0;
  for (const std::string_view line : split(text, '\n')) {
    const bool mark =
        line.starts_with("---") && (line.size() == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\r');
    if (mark) pieces.push_back({std::string(line.substr(3)) + "\n", line_number});
    if (!mark && !line.starts_with("%YAML") && trim(line) != "...")
      pieces.back().text.append(line).append("\n");
    ++line_number;
  }
  return pieces;
}

bool is_blank(const std::string& text) {
  for (const std::string_view line : split(text, '\n')) {
    const std::string_view rest = trim(line);
    if (!rest.empty() && rest.front() != '#') return false;
  }
  return true;
}

// Doubled, a $ comes back as one from the reader of variables.
std::string without_variables(const std::string& text) {
  std::string out;
  for (const char c : text) out.append(c == '$' ? 2 : 1, c);
  return out;
}

}  // namespace

Result<std::vector<SourceDocument>> read_documents(const std::string& text, const std::string& file) {
  std::vector<SourceDocument> documents;
  std::size_t number = 0;
  for (const Piece& piece : pieces_of(text)) {
    if (is_blank(piece.text)) continue;
    if (++number > documents_max)
      return Error(ErrorKind::over_limit,
                   fmt::format("{}: more than {} documents; give fewer at once", file, documents_max));
    std::optional<YamlProblem> first;
    const YamlRef root =
        read_yaml(without_variables(piece.text), empty_environment(), [&](YamlProblem problem) {
          if (!first) first = std::move(problem);
        });
    if (first)
      return Error(ErrorKind::malformed,
                   fmt::format("{}:{}:{}: {}", file, piece.first_line + first->at.line + 1,
                               first->at.column + 1, first->message));
    if (root && root->kind == YamlNode::Kind::map) documents.push_back({file, root});
  }
  if (documents.empty())
    return Error(ErrorKind::malformed, fmt::format("{}: there is no document in it", file));
  return documents;
}

YamlRef find(const YamlRef& node, std::string_view path) {
  YamlRef at = node;
  for (const std::string_view step : split(path, '.')) {
    if (!at || at->kind != YamlNode::Kind::map) return nullptr;
    YamlRef next;
    for (const YamlEntry& entry : at->entries)
      if (entry.key == step) next = entry.value;
    at = next;
  }
  return at && at->kind != YamlNode::Kind::empty ? at : nullptr;
}

bool has(const YamlRef& node, std::string_view path) { return find(node, path) != nullptr; }

std::string text_at(const YamlRef& node, std::string_view path) {
  const YamlRef found = find(node, path);
  return found && found->kind == YamlNode::Kind::scalar ? found->text : "";
}

std::optional<double> number_at(const YamlRef& node, std::string_view path) {
  return read_number(trim(text_at(node, path)));
}

std::vector<YamlRef> items_at(const YamlRef& node, std::string_view path) {
  const YamlRef found = find(node, path);
  return found && found->kind == YamlNode::Kind::list ? found->items : std::vector<YamlRef>{};
}

std::vector<std::string> keys_of(const YamlRef& node) {
  std::vector<std::string> keys;
  if (node && node->kind == YamlNode::Kind::map)
    for (const YamlEntry& entry : node->entries) keys.push_back(entry.key);
  return keys;
}

std::string kind_of(const SourceDocument& document) { return text_at(document.root, "kind"); }
std::string name_of(const SourceDocument& document) { return text_at(document.root, "metadata.name"); }

}  // namespace davy::config::imported
