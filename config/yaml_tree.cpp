#include "config/yaml_tree.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

namespace davy::config {
namespace {

// Thrown out of yaml-cpp's callbacks when going on makes no sense.
struct Stop {
  YamlProblem problem;
};

Place place_of(const YAML::Mark& mark, std::size_t width = 1) {
  if (mark.is_null()) return {};
  return {static_cast<std::size_t>(mark.line), static_cast<std::size_t>(mark.column), width};
}

// A node being built: what is still open, from the root down.
struct Open {
  std::shared_ptr<YamlNode> node;
  YAML::anchor_t anchor = 0;
  std::string path;
  std::optional<YamlEntry> entry;                      // map: the key that waits for its value
  std::unordered_map<std::string, std::size_t> lines;  // map: where each key was first given
};

// yaml-cpp 0.7 reads a quoted text that is never closed as one that ends with the file; this looks for the
// quote.
class Quotes {
 public:
  explicit Quotes(std::string_view text) : text_(text) {
    starts_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }

  // `at` is where the value begins, its anchor included.
  bool is_closed(const YAML::Mark& at) const {
    const auto line = static_cast<std::size_t>(std::max(at.line, 0));
    if (line >= starts_.size()) return true;
    std::size_t i = starts_[line] + static_cast<std::size_t>(std::max(at.column, 0));
    if (i < text_.size() && text_[i] == '&') i = std::min(text_.find_first_of("\"'", i), text_.size());
    if (i >= text_.size() || (text_[i] != '"' && text_[i] != '\'')) return true;
    const char quote = text_[i];
    for (++i; i < text_.size(); ++i) {
      if (quote == '"' && text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        if (quote == '"' || i + 1 >= text_.size() || text_[i + 1] != quote) return true;
        ++i;  // '' stands for one quote
      }
    }
    return false;
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, const Environment& environment, const YamlReport& report)
      : quotes_(text), environment_(environment), report_(report) {}

  YamlRef root() const { return root_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto node = std::make_shared<YamlNode>();
    node->at = place_of(mark);
    if (waits_for_key()) return take_key("", node->at);
    place(std::move(node), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    auto node = std::make_shared<YamlNode>();
    node->kind = YamlNode::Kind::scalar;
    node->quoted = tag == "!";
    if (node->quoted && !quotes_.is_closed(mark))
      stop(mark, "this quote is never closed; close it on the same line");
    node->at = place_of(mark, node->quoted ? 0 : std::max<std::size_t>(1, value.size()));
    if (waits_for_key()) return take_key(value, node->at);
    Result<std::string> text = expand_variables(value, environment_);
    if (text) {
      node->text = *text;
    } else {
      report_({node->at, false, child_path(), text.error().message()});
    }
    place(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const bool is_open =
        std::any_of(open_.begin(), open_.end(), [&](const Open& o) { return o.anchor == anchor; });
    if (is_open) stop(mark, "this alias contains itself; write the value out");
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) stop(mark, "this alias names nothing; define it with & before it is used");
    if (waits_for_key()) stop(mark, "an alias cannot be a key; write the key out");
    count(mark, *found->second);
    attach(found->second);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    start(mark, tag, anchor, YamlNode::Kind::list);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    start(mark, tag, anchor, YamlNode::Kind::map);
  }
  void OnSequenceEnd() override { finish(); }
  void OnMapEnd() override { finish(); }

 private:
  [[noreturn]] void stop(const YAML::Mark& mark, std::string message) {
    throw Stop{{place_of(mark), false, child_path(), std::move(message)}};
  }

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    stop(mark, fmt::format("the tag {} is not allowed; write the plain value", printable(tag, 60)));
  }

  bool waits_for_key() const {
    return !open_.empty() && open_.back().node->kind == YamlNode::Kind::map && !open_.back().entry;
  }

  std::string child_path() const {
    if (open_.empty()) return "";
    const Open& parent = open_.back();
    if (parent.node->kind == YamlNode::Kind::list)
      return fmt::format("{}[{}]", parent.path, parent.node->items.size());
    if (!parent.entry) return parent.path;
    return parent.path.empty() ? parent.entry->key : parent.path + "." + parent.entry->key;
  }

  void count(const YAML::Mark& mark, const YamlNode& node) {
    nodes_ += node.size;
    bytes_ += node.bytes;
    if (bytes_ > yaml_expanded_bytes_max) {
      stop(mark,
           fmt::format("more than {} bytes once aliases and variables are expanded; a policy is far smaller",
                       yaml_expanded_bytes_max));
    }
    if (nodes_ > yaml_nodes_max) {
      stop(mark, fmt::format("more than {} values once aliases are expanded; a policy is far smaller",
                             yaml_nodes_max));
    }
    if (open_.size() + node.height > yaml_depth_max) {
      stop(mark, fmt::format("nested more than {} levels deep; a policy is far flatter", yaml_depth_max));
    }
  }

  void start(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
    refuse_tag(mark, tag);
    if (waits_for_key()) stop(mark, "a key must be plain text; quote it if it contains { or [");
    auto node = std::make_shared<YamlNode>();
    node->kind = kind;
    node->at = place_of(mark);
    count(mark, *node);
    Open open;
    open.path = child_path();
    open.node = std::move(node);
    open.anchor = anchor;
    open_.push_back(std::move(open));
  }

  void finish() {
    const Open done = std::move(open_.back());
    open_.pop_back();
    if (done.anchor != 0) anchors_[done.anchor] = done.node;
    attach(done.node);
  }

  void place(std::shared_ptr<YamlNode> node, YAML::anchor_t anchor) {
    YAML::Mark mark;
    mark.line = static_cast<int>(node->at.line);
    mark.column = static_cast<int>(node->at.column);
    node->bytes = node->text.size();
    count(mark, *node);
    if (anchor != 0) anchors_[anchor] = node;
    attach(std::move(node));
  }

  void take_key(const std::string& key, Place at) {
    open_.back().entry = YamlEntry{key, at, nullptr};
    if (key == "<<") {
      throw Stop{{at, false, open_.back().path, "merge keys (<<) are not supported; write the keys out"}};
    }
  }

  void attach(YamlRef node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    parent.node->size += node->size;
    parent.node->bytes += node->bytes;
    parent.node->height = std::max(parent.node->height, node->height + 1);
    if (parent.node->kind == YamlNode::Kind::list) {
      parent.node->items.push_back(std::move(node));
      return;
    }
    YamlEntry entry = std::move(*parent.entry);
    parent.entry.reset();
    const auto [first, is_new] = parent.lines.emplace(entry.key, entry.key_at.line);
    if (!is_new) {
      report_({entry.key_at, false, parent.path,
               fmt::format("duplicate key '{}'; it is first given on line {}, remove one of the two",
                           printable(entry.key, 60), first->second + 1)});
      return;
    }
    entry.value = std::move(node);
    parent.node->entries.push_back(std::move(entry));
  }

  const Quotes quotes_;
  const Environment& environment_;
  const YamlReport& report_;
  YamlRef root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, YamlRef> anchors_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
};

// yaml-cpp's words, then ours. What is not listed is passed on as it is.
std::string advice_for(const std::string& message) {
  static const std::map<std::string, std::string> words{
      {"illegal tab when looking for indentation", "a tab cannot indent YAML; use spaces"},
      {"end of map not found",
       "this line does not fit the mapping it stands in; line its keys up, with spaces only"},
      {"end of sequence not found", "this line does not fit the list it stands in; line the dashes up"},
      {"end of map flow not found", "this { is never closed; add } or quote the text that contains { or ,"},
      {"end of sequence flow not found",
       "this [ is never closed; add ], or quote the text that contains { or ,: \"http://${HOST}:9090\""},
      {"illegal map value",
       "unexpected ':'; quote a value that contains ': ', and check that the keys of a mapping line up"},
      {"illegal EOF in scalar", "this quote is never closed"},
      {"illegal document indicator in scalar", "this quote is never closed"},
      {"unknown token", "a value cannot begin with this character; quote it"},
      {"unknown escape character: ",
       "unknown escape in double quotes; use single quotes for regular expressions"},
      {"the referenced anchor is not defined",
       "this alias names nothing; define it with & before it is used"},
      {"illegal block entry", "unexpected '-'; put the list on a new line, indented"},
      {"illegal flow end", "this bracket closes nothing; remove it or quote the text"},
      {"illegal map key", "unexpected '?'; quote it"},
  };
  for (const auto& [theirs, ours] : words) {
    if (message == theirs || (theirs.ends_with(": ") && message.starts_with(theirs))) return ours;
  }
  return "this is not YAML: " + printable(message, 120);
}

// How many bytes of `line` are good before the first that is not.
std::size_t utf8_prefix(std::string_view line) {
  std::size_t good = 0;
  while (good < line.size()) {
    std::size_t length = 1;
    while (length <= 4 && !is_utf8(line.substr(good, length))) ++length;
    if (length > 4) return good;
    good += length;
  }
  return good;
}

std::optional<YamlProblem> refuse_bytes(std::string_view text) {
  if (text.size() > yaml_bytes_max) {
    return YamlProblem{
        {}, true, "", fmt::format("larger than {} bytes; a policy is a few kilobytes", yaml_bytes_max)};
  }
  Place at;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    if (!is_utf8(line)) {
      at.column = utf8_prefix(line);
      return YamlProblem{at, false, "", "this line is not UTF-8; save the file as UTF-8"};
    }
    for (std::size_t i = 0; i < line.size(); ++i) {
      const auto c = static_cast<unsigned char>(line[i]);
      if ((c >= 0x20 && c != 0x7F) || c == '\t' || (c == '\r' && i + 1 == line.size())) continue;
      at.column = i;
      return YamlProblem{at, false, "", fmt::format("control character 0x{:02x}; remove it", c)};
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
    ++at.line;
  }
  return std::nullopt;
}

std::string quoted_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

YamlRef read_yaml(std::string_view text, const Environment& environment, const YamlReport& report) {
  if (std::optional<YamlProblem> refused = refuse_bytes(text)) {
    report(std::move(*refused));
    return nullptr;
  }
  TreeBuilder builder(text, environment, report);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    const bool any = parser.HandleNextDocument(builder);
    if (!any || !builder.root() || builder.root()->kind == YamlNode::Kind::empty) {
      report({{}, true, "", "the file is empty; begin with version: davy/v1"});
      return nullptr;
    }
    const YamlRef root = builder.root();
    const Environment nothing = empty_environment();
    const YamlReport nobody = [](const YamlProblem&) {};
    TreeBuilder second(text, nothing, nobody);
    if (parser.HandleNextDocument(second)) {
      const Place at = second.root() ? second.root()->at : Place{};
      report({at, false, "", "a second document begins here; write one document a file"});
      return nullptr;
    }
    return root;
  } catch (const Stop& stop) {
    report(stop.problem);
  } catch (const YAML::Exception& e) {
    report({place_of(e.mark), false, "", advice_for(e.msg)});
  }
  return nullptr;
}

std::string canonical_text(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::empty: return "null";
    case YamlNode::Kind::scalar: return quoted_text(node.text);
    case YamlNode::Kind::list: {
      std::vector<std::string> parts;
      for (const YamlRef& item : node.items) parts.push_back(canonical_text(*item));
      return "[" + join(parts, ",") + "]";
    }
    case YamlNode::Kind::map: {
      std::vector<std::string> parts;
      for (const YamlEntry& entry : node.entries) {
        parts.push_back(quoted_text(entry.key) + ":" + canonical_text(*entry.value));
      }
      std::sort(parts.begin(), parts.end());
      return "{" + join(parts, ",") + "}";
    }
  }
  return "null";
}

}  // namespace davy::config
