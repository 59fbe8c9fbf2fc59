#include "config/section.hpp"

#include "config/byte_size.hpp"
#include "config/document.hpp"
#include "config/quantity.hpp"
#include "config/yaml_tree.hpp"
#include "core/base/bytes.hpp"
#include "core/base/duration_text.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace davy::config {
namespace {

using Kind = YamlNode::Kind;

std::string_view kind_name(const YamlNode& node) {
  switch (node.kind) {
    case Kind::empty: return "nothing";
    case Kind::scalar: return "a plain value";
    case Kind::list: return "a list";
    case Kind::map: return "a mapping";
  }
  return "nothing";
}

std::string shown(std::string_view text) { return "'" + printable(text, 60) + "'"; }

// "checks[2].latency" -> "checks[].latency".
std::string without_indices(std::string_view path) {
  std::string out;
  bool inside = false;
  for (const char c : path) {
    if (c == ']') inside = false;
    if (!inside) out += c;
    if (c == '[') inside = true;
  }
  return out;
}

// What to write where a secret stands inline.
std::string secret_advice(std::string_view key) {
  const std::string lower = to_lower(key);
  if (lower == "bearer_token" || lower == "bearer" || lower == "token" || lower == "credentials") {
    return "put it into a file or a variable and name that: authorization: {credentials_file: ...} or "
           "{credentials_env: ...}";
  }
  return fmt::format("put it into a file or a variable and name that: {0}_file or {0}_env",
                     printable(key, 60));
}

}  // namespace

Section::Section(std::shared_ptr<Document> document, std::shared_ptr<const YamlNode> node, std::string path,
                 std::string title)
    : document_(std::move(document)),
      node_(std::move(node)),
      path_(std::move(path)),
      title_(std::move(title)) {
  document_->asked()[without_indices(path_)];
}

Section Section::titled(std::string title) const {
  Section copy = *this;
  copy.title_ = std::move(title);
  return copy;
}

// ---- keys
// ---------------------------------------------------------------------------------------------------------

const YamlEntry* Section::lookup(std::string_view key) const {
  for (const YamlEntry& entry : node_->entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

const YamlEntry* Section::entry(std::string_view key) const {
  document_->asked()[without_indices(path_)].emplace(key);
  return lookup(key);
}

bool Section::has(std::string_view key) const { return entry(key) != nullptr; }

bool Section::is_section(std::string_view key) const {
  const YamlEntry* found = entry(key);
  return found != nullptr && found->value->kind == Kind::map;
}

std::vector<std::string> Section::keys() const {
  std::vector<std::string> names;
  for (const YamlEntry& entry : node_->entries) names.push_back(entry.key);
  return names;
}

std::string Section::child_path(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

// "scrape.tls_config", but "latency of check 'p99'": a title in words is continued in words.
Section Section::child(std::string_view key, std::shared_ptr<const YamlNode> node) const {
  std::string title(key);
  if (title_.find(' ') != std::string::npos) {
    title += " of " + title_;
  } else if (!title_.empty()) {
    title = title_ + "." + title;
  }
  return {document_, std::move(node), child_path(key), std::move(title)};
}

// ---- values
// -------------------------------------------------------------------------------------------------------

const YamlNode* Section::scalar(std::string_view key) const {
  const YamlEntry* found = entry(key);
  if (found == nullptr) return nullptr;
  const YamlNode& node = *found->value;
  if (node.kind == Kind::scalar && !node.text.empty()) return &node;
  if (node.kind == Kind::scalar || node.kind == Kind::empty) {
    // An unset variable leaves an empty text behind and has been reported already.
    if (!document_->problems()->has_errors_within(child_path(key))) {
      problem_at_key(key, fmt::format("{} has no value", key), "give it one, or remove the key");
    }
  } else if (node.kind == Kind::map && !node.entries.empty() &&
             node.entries.front().key.find_first_of("=~\"") != std::string::npos) {
    problem(key, fmt::format("{}: a selector that begins with {{ is read as a mapping", key),
            fmt::format("quote it: {}: '{{...}}'", key));
  } else {
    problem(key, fmt::format("{}: expected a plain value, found {}", key, kind_name(node)));
  }
  return nullptr;
}

std::optional<std::string> Section::text(std::string_view key) const {
  const YamlNode* node = scalar(key);
  if (node == nullptr) return std::nullopt;
  return node->text;
}

std::optional<Duration> Section::duration(std::string_view key) const {
  const YamlNode* node = scalar(key);
  if (node == nullptr) return std::nullopt;
  const Result<Duration> value = read_duration(node->text);
  if (value) return *value;
  problem(key, fmt::format("{}: {}", key, value.error().message()));
  return std::nullopt;
}

std::optional<std::uint64_t> Section::bytes(std::string_view key) const {
  const YamlNode* node = scalar(key);
  if (node == nullptr) return std::nullopt;
  const Result<std::uint64_t> value = parse_byte_size(node->text);
  if (value) return *value;
  problem(key, fmt::format("{}: {}", key, value.error().message()));
  return std::nullopt;
}

std::optional<std::int64_t> Section::count(std::string_view key, std::int64_t least,
                                           std::int64_t most) const {
  const YamlNode* node = scalar(key);
  if (node == nullptr) return std::nullopt;
  const Result<std::int64_t> value = read_count(node->text, least, most);
  if (value) return *value;
  problem(key, fmt::format("{}: {}", key, value.error().message()));
  return std::nullopt;
}

std::optional<double> Section::ratio(std::string_view key) const {
  const YamlNode* node = scalar(key);
  if (node == nullptr) return std::nullopt;
  const Result<double> value = read_percent(node->text);
  if (value) return *value;
  problem(key, fmt::format("{}: {}", key, value.error().message()));
  return std::nullopt;
}

std::optional<bool> Section::boolean(std::string_view key) const {
  const YamlNode* node = scalar(key);
  if (node == nullptr) return std::nullopt;
  if (node->text == "true") return true;
  if (node->text == "false") return false;
  const std::string lower = to_lower(node->text);
  const bool means_true = lower == "yes" || lower == "on" || lower == "y" || lower == "true" || lower == "1";
  const bool means_false =
      lower == "no" || lower == "off" || lower == "n" || lower == "false" || lower == "0";
  problem(key, fmt::format("{}: {} is neither true nor false", key, shown(node->text)),
          means_true    ? "write true"
          : means_false ? "write false"
                        : "write one of the two");
  return std::nullopt;
}

std::optional<std::string> Section::url(std::string_view key) const {
  const YamlNode* node = scalar(key);
  if (node == nullptr) return std::nullopt;
  const Result<std::string> value = read_url(node->text);
  if (value) return *value;
  problem(key, fmt::format("{}: {}", key, value.error().message()));
  return std::nullopt;
}

std::optional<std::size_t> Section::choice_index(std::string_view key,
                                                 std::span<const std::string_view> words) const {
  const YamlNode* node = scalar(key);
  if (node == nullptr) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), node->text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string hint;
  if (const auto near = nearest(node->text, words)) {
    hint = fmt::format("did you mean {}?", *near);
  } else {
    hint = fmt::format("write one of {}", fmt::join(words, ", "));
  }
  problem(key, fmt::format("{}: unknown word {}", key, shown(node->text)), hint);
  return std::nullopt;
}

// ---- lists and mappings
// ---------------------------------------------------------------------------------------------

std::vector<std::string> Section::text_list(std::string_view key) const {
  std::vector<std::string> texts;
  const YamlEntry* found = entry(key);
  if (found == nullptr) return texts;
  if (found->value->kind != Kind::list) {
    problem(key, fmt::format("{}: expected a list, found {}", key, kind_name(*found->value)),
            fmt::format("write {}: [...]", key));
    return texts;
  }
  for (std::size_t i = 0; i < found->value->items.size(); ++i) {
    const YamlNode& item = *found->value->items[i];
    if (item.kind == Kind::scalar && !item.text.empty()) {
      texts.push_back(item.text);
    } else if (!document_->problems()->has_errors_within(fmt::format("{}[{}]", child_path(key), i))) {
      const bool blank = item.kind == Kind::scalar || item.kind == Kind::empty;
      problem(fmt::format("{}[{}]", key, i),
              fmt::format("{}: expected a plain value, found {}", key, blank ? "nothing" : kind_name(item)));
    }
  }
  return texts;
}

std::vector<std::int64_t> Section::count_list(std::string_view key, std::int64_t least,
                                              std::int64_t most) const {
  std::vector<std::int64_t> counts;
  const std::vector<std::string> texts = text_list(key);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Result<std::int64_t> value = read_count(texts[i], least, most);
    if (value) {
      counts.push_back(*value);
    } else {
      problem(fmt::format("{}[{}]", key, i), fmt::format("{}: {}", key, value.error().message()));
    }
  }
  return counts;
}

std::vector<std::pair<std::string, std::string>> Section::text_map(std::string_view key) const {
  std::vector<std::pair<std::string, std::string>> pairs;
  const std::optional<Section> map = section(key);
  if (!map) return pairs;
  for (const std::string& name : map->keys()) {
    if (const std::optional<std::string> value = map->text(name)) pairs.emplace_back(name, *value);
  }
  return pairs;
}

std::optional<Section> Section::section(std::string_view key) const {
  const YamlEntry* found = entry(key);
  if (found == nullptr) return std::nullopt;
  const Kind kind = found->value->kind;
  if (kind == Kind::map || kind == Kind::empty) return child(key, found->value);
  problem(key, fmt::format("{}: expected a mapping, found {}", key, kind_name(*found->value)),
          fmt::format("write {}: {{...}}", key));
  return std::nullopt;
}

std::vector<Section> Section::sections(std::string_view key) const {
  std::vector<Section> list;
  const YamlEntry* found = entry(key);
  if (found == nullptr) return list;
  if (found->value->kind != Kind::list) {
    const bool one = found->value->kind == Kind::map;
    problem(key, fmt::format("{}: expected a list, found {}", key, kind_name(*found->value)),
            one ? "begin each element with a dash"
                : fmt::format("write {}: and below it one element a dash", key));
    return list;
  }
  for (std::size_t i = 0; i < found->value->items.size(); ++i) {
    const YamlRef& item = found->value->items[i];
    const std::string name = fmt::format("{}[{}]", key, i);
    if (item->kind == Kind::map) {
      list.push_back(child(name, item));
    } else {
      problem(name, fmt::format("{}: expected a mapping, found {}", key, kind_name(*item)));
    }
  }
  return list;
}

std::vector<Tagged> Section::tagged(std::string_view key) const {
  std::vector<Tagged> list;
  for (const Section& element : sections(key)) {
    const std::vector<std::string> names = element.keys();
    if (names.size() == 1) {
      if (std::optional<Section> options = element.section(names.front())) {
        list.push_back({names.front(), std::move(*options)});
      }
    } else {
      element.problem_here(fmt::format("{}: each element names one kind with its options, this has {} keys",
                                       key, names.size()),
                           "write - kind: {option: value}, and indent the options below their kind");
    }
  }
  return list;
}

// ---- what must be there
// -----------------------------------------------------------------------------------------------

void Section::require(std::string_view key) const {
  if (has(key)) return;
  const std::string in = title_.empty() ? "" : " in " + title_;
  problem_here(fmt::format("{} is missing{}", key, in), fmt::format("add {}: ...", key));
}

std::string Section::required_text(std::string_view key) const {
  require(key);
  return text(key).value_or("");
}

std::string Section::required_url(std::string_view key) const {
  require(key);
  return url(key).value_or("");
}

// ---- problems
// -----------------------------------------------------------------------------------------------------------

void Section::report(Problem::Level level, const Place& at, std::string path, std::string message,
                     std::string hint) const {
  Problem problem = document_->problem_at(at);
  problem.level = level;
  problem.path = std::move(path);
  problem.message = std::move(message);
  problem.hint = std::move(hint);
  document_->problems()->add(std::move(problem));
}

// Walks "a.b[1].c" as far as the tree goes; the last place that was there is underlined.
void Section::report_where(Problem::Level level, std::string_view where, std::string message,
                           std::string hint) const {
  const YamlNode* node = node_.get();
  Place at = node->at;
  std::string_view rest = where;
  while (!rest.empty()) {
    if (rest.front() == '[') {
      std::size_t index = 0;
      std::from_chars(rest.data() + 1, rest.data() + rest.size(), index);
      if (index >= node->items.size()) break;
      node = node->items[index].get();
      rest.remove_prefix(std::min(rest.find(']') + 1, rest.size()));
    } else {
      const YamlEntry* found = nullptr;
      for (const YamlEntry& entry : node->entries) {
        const std::size_t length = entry.key.size();
        const bool here = rest.starts_with(entry.key) &&
                          (rest.size() == length || rest[length] == '.' || rest[length] == '[');
        if (here && (found == nullptr || length > found->key.size())) found = &entry;
      }
      if (found == nullptr) break;
      node = found->value.get();
      rest.remove_prefix(found->key.size());
      // A mapping or an empty value has no text of its own to underline: its key stands for it.
      if (node->kind != Kind::scalar) {
        at = found->key_at;
        if (rest.starts_with('.')) rest.remove_prefix(1);
        continue;
      }
    }
    if (rest.starts_with('.')) rest.remove_prefix(1);
    at = node->at;
  }
  report(level, at, child_path(where), std::move(message), std::move(hint));
}

void Section::problem(std::string_view where, std::string message, std::string hint) const {
  report_where(Problem::Level::error, where, std::move(message), std::move(hint));
}

void Section::warning(std::string_view where, std::string message, std::string hint) const {
  report_where(Problem::Level::warning, where, std::move(message), std::move(hint));
}

void Section::problem_at_key(std::string_view key, std::string message, std::string hint) const {
  const YamlEntry* found = lookup(key);
  report(Problem::Level::error, found != nullptr ? found->key_at : node_->at, child_path(key),
         std::move(message), std::move(hint));
}

void Section::problem_here(std::string message, std::string hint) const {
  report(Problem::Level::error, node_->at, path_, std::move(message), std::move(hint));
}

bool Section::finish() const {
  const std::set<std::string>& known = document_->asked()[without_indices(path_)];
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  for (const YamlEntry& entry : node_->entries) {
    if (known.contains(entry.key)) continue;
    if (is_secret_key(entry.key)) {
      problem_at_key(entry.key, fmt::format("{} must not stand in a policy", printable(entry.key, 60)),
                     secret_advice(entry.key));
      continue;
    }
    const std::string in = title_.empty() ? "" : " in " + title_;
    std::string hint;
    if (const auto near = nearest(entry.key, candidates)) {
      hint = fmt::format("did you mean '{}'?", *near);
    } else if (!known.empty()) {
      hint = fmt::format("known here: {}", fmt::join(known, ", "));
    }
    problem_at_key(entry.key, fmt::format("unknown key {}{}", shown(entry.key), in), hint);
  }
  return clean();
}

bool Section::clean() const { return !document_->problems()->has_errors_within(path_); }

Problems& Section::problems() const { return *document_->problems(); }

std::string Section::digest() const { return fmt::format("{:016x}", fnv1a(canonical_text(*node_))); }

const std::map<std::string, std::set<std::string>>& Section::asked() const { return document_->asked(); }

// ---- loading
// ------------------------------------------------------------------------------------------------------------

LoadedYaml load_yaml(std::string text, std::string file, const Environment& environment) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  const auto document =
      std::make_shared<Document>(std::move(file), text.size() <= yaml_bytes_max ? text : "");
  LoadedYaml loaded{document->problems(), std::nullopt};
  const auto report = [&](const YamlProblem& found) {
    Problem problem = found.everywhere ? document->problem_of_file() : document->problem_at(found.at);
    problem.path = found.path;
    problem.message = found.message;
    document->problems()->add(std::move(problem));
  };
  const YamlRef tree = read_yaml(text, environment, report);
  if (!tree) return loaded;
  if (tree->kind == Kind::map) {
    loaded.root = Section(document, tree, "", "");
    return loaded;
  }
  report({tree->at, false, "",
          fmt::format("expected keys and values, found {}; begin with version: davy/v1", kind_name(*tree))});
  return loaded;
}

}  // namespace davy::config
