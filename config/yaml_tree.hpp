#pragma once

// A YAML file as a tree that is safe to walk, and remembers where everything stood.
//
// The only user of yaml-cpp. Read event by event, so that nothing is built before it has been counted:
//   at most 1 MiB of UTF-8 without control characters; one document; depth at most 64; at most 100,000 nodes
//   and 4 MiB of text with every alias counted as often as it is used; no cycles, no tags, no duplicate keys,
//   no merge keys.
// Values are scalars as text: what they mean is the reader's question. ${VAR} has been replaced. The tree is
// immutable and aliases share their node.

#include "config/environment.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace davy::config {

// Both from 0; the column in bytes. `width`: how much to underline; 0 = up to the end of the quoted text.
struct Place {
  std::size_t line = 0;
  std::size_t column = 0;
  std::size_t width = 1;
};

struct YamlNode;
using YamlRef = std::shared_ptr<const YamlNode>;

struct YamlEntry {
  std::string key;
  Place key_at;
  YamlRef value;
};

struct YamlNode {
  enum class Kind { empty, scalar, list, map };
  Kind kind = Kind::empty;
  Place at;
  bool quoted = false;             // scalar
  std::string text;                // scalar, variables replaced
  std::vector<YamlRef> items;      // list
  std::vector<YamlEntry> entries;  // map, in the file's order; keys are unique
  std::size_t size = 1;            // nodes in this subtree, aliases expanded
  std::size_t bytes = 0;           // of text in this subtree, aliases expanded
  std::size_t height = 1;          // levels in this subtree
};

struct YamlProblem {
  Place at;
  bool everywhere = false;  // speaks of the file as a whole
  std::string path;
  std::string message;
};
using YamlReport = std::function<void(YamlProblem)>;

inline constexpr std::size_t yaml_bytes_max = std::size_t{1} << 20U;
inline constexpr std::size_t yaml_expanded_bytes_max = std::size_t{4} << 20U;
inline constexpr std::size_t yaml_nodes_max = 100'000;
inline constexpr std::size_t yaml_depth_max = 64;

// The document's root, or null when the text cannot be read as a tree at all. A tree can come with problems
// (a duplicate key, an unset variable): it can be walked for more of them, and must not be used.
YamlRef read_yaml(std::string_view text, const Environment& environment, const YamlReport& report);

// The tree in one canonical text: keys sorted, everything quoted. Equal for files that mean the same.
std::string canonical_text(const YamlNode& node);

}  // namespace davy::config
