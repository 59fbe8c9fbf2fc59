#pragma once

// The documents of the files that are to be imported, and how they are looked into.
//
// A file may hold several documents apart by ---; each goes through the guarded reader of config/yaml_tree,
// with its limits. A $ stays a $: other systems' files know nothing of our variables. JSON is read as the
// YAML that it is. Nothing here complains about an unknown key: what is not looked for is not there.

#include "config/yaml_tree.hpp"
#include "core/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace davy::config::imported {

struct SourceDocument {
  std::string file;  // as given, with its number where there are several in one
  YamlRef root;      // a mapping
};

// Errors: malformed, with the line. Empty documents are left out.
Result<std::vector<SourceDocument>> read_documents(const std::string& text, const std::string& file);

// "spec.analysis.metrics"; nothing where a step of the path is not there.
YamlRef find(const YamlRef& node, std::string_view path);
bool has(const YamlRef& node, std::string_view path);
std::string text_at(const YamlRef& node, std::string_view path);  // empty: not there, or no plain value
std::optional<double> number_at(const YamlRef& node, std::string_view path);
std::vector<YamlRef> items_at(const YamlRef& node, std::string_view path);
std::vector<std::string> keys_of(const YamlRef& node);

std::string kind_of(const SourceDocument& document);
std::string name_of(const SourceDocument& document);

}  // namespace davy::config::imported
