#pragma once

// A mapping of a YAML file, read key by key.
//
//   Http read(const Section& in) {
//     Http http;
//     http.url = in.required_url("url");
//     http.timeout = in.duration("timeout").value_or(10s);
//     http.tls = read_tls(in);                       // its own keys of the same section
//     if (const auto expect = in.section("expect")) http.statuses = read_expect(*expect);
//     in.finish();                                   // unknown keys, with the key that was meant
//     return http;
//   }
//
// An absent key gives nothing (or an empty list), and that is all right; a value that cannot be read is
// reported at its place and gives nothing too, so that one pass finds every problem of a file. Everything
// reported, here or long after the load, ends up in problems(). A Section is a cheap copy, shares its file's
// text and tree, and may outlive the load. Secrets are never values: finish() refuses password, token and the
// like, and says to use the _file or _env key.

#include "config/environment.hpp"
#include "config/problem.hpp"
#include "core/base/clock.hpp"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace davy::config {

class Document;
struct YamlEntry;
struct YamlNode;
struct Place;
struct Tagged;

class Section {
 public:
  // Where it stands ("checks[2].latency"; empty at the root), and how a sentence names it ("latency of check
  // 'p99'").
  const std::string& path() const { return path_; }
  const std::string& title() const { return title_; }
  Section titled(std::string title) const;

  bool has(std::string_view key) const;
  bool is_section(std::string_view key) const;  // there, and a mapping
  std::vector<std::string> keys() const;        // in the file's order; names them, does not read them

  std::optional<std::string> text(std::string_view key) const;     // never empty
  std::optional<Duration> duration(std::string_view key) const;    // 30s, 1m30s
  std::optional<std::uint64_t> bytes(std::string_view key) const;  // 10MiB
  std::optional<std::int64_t> count(std::string_view key, std::int64_t least = 0,
                                    std::int64_t most = 1'000'000'000) const;  // a bare whole number
  std::optional<double> ratio(std::string_view key) const;                     // 5% -> 0.05
  std::optional<bool> boolean(std::string_view key) const;                     // true, false and nothing else
  std::optional<std::string> url(
      std::string_view key) const;  // http:// or https://, a host, no user:password@
  std::vector<std::string> text_list(std::string_view key) const;
  std::vector<std::int64_t> count_list(std::string_view key, std::int64_t least = 0,
                                       std::int64_t most = 1'000'000'000) const;
  std::vector<std::pair<std::string, std::string>> text_map(
      std::string_view key) const;                             // in the file's order
  std::optional<Section> section(std::string_view key) const;  // an empty value counts as an empty mapping
  std::vector<Section> sections(std::string_view key) const;   // a list of mappings
  std::vector<Tagged> tagged(std::string_view key) const;  // a list of one-key mappings: - http: {url: ...}

  // One of these words: in.choice<Fallback>("on_no_data", {{"hold", Fallback::hold}, {"pass",
  // Fallback::pass}}).
  template <class T>
  std::optional<T> choice(std::string_view key,
                          std::initializer_list<std::pair<std::string_view, T>> words) const;

  // The same, for keys that must be there: their absence is a problem of this section, and gives "" (never
  // used, since the whole is refused).
  std::string required_text(std::string_view key) const;
  std::string required_url(std::string_view key) const;
  void require(std::string_view key) const;

  // Says what else is wrong. `where` is a key, or a path below this section ("tls_config.ca_file",
  // "targets[1]"); the value there is underlined. What is not there is reported at its nearest parent. A
  // `hint` says what to do.
  void problem(std::string_view where, std::string message, std::string hint = {}) const;
  void warning(std::string_view where, std::string message, std::string hint = {}) const;
  void problem_at_key(std::string_view key, std::string message,
                      std::string hint = {}) const;                     // underlines the key
  void problem_here(std::string message, std::string hint = {}) const;  // about this section as a whole

  // Reports every key that nobody has asked for. True when this section, with all below it, has no error.
  bool finish() const;
  bool clean() const;  // the same question, reporting nothing

  // Every problem of this section's file.
  Problems& problems() const;

  // A stable hash of what this section says: 16 hexadecimal digits. Comments, order of keys and spelling of
  // the same value (quotes, ${VAR}) do not change it.
  std::string digest() const;

  // For tests of completeness: every key asked for so far in this file, by the path of its section with the
  // indices left out ("checks[]" -> {"name", "ratio", ...}).
  const std::map<std::string, std::set<std::string>>& asked() const;

  bool operator==(const Section& other) const { return node_ == other.node_; }

 private:
  friend struct LoadedYaml;
  friend struct LoadedYaml load_yaml(std::string text, std::string file, const Environment& environment);
  Section(std::shared_ptr<Document> document, std::shared_ptr<const YamlNode> node, std::string path,
          std::string title);

  const YamlEntry* entry(std::string_view key) const;   // remembers that it was asked for
  const YamlEntry* lookup(std::string_view key) const;  // does not
  const YamlNode* scalar(std::string_view key) const;
  std::optional<std::size_t> choice_index(std::string_view key,
                                          std::span<const std::string_view> words) const;
  std::string child_path(std::string_view key) const;
  Section child(std::string_view key, std::shared_ptr<const YamlNode> node) const;
  void report(Problem::Level level, const Place& at, std::string path, std::string message,
              std::string hint) const;
  void report_where(Problem::Level level, std::string_view where, std::string message,
                    std::string hint) const;

  std::shared_ptr<Document> document_;
  std::shared_ptr<const YamlNode> node_;  // never null
  std::string path_;
  std::string title_;
};

// One element of a list of one-key mappings.
struct Tagged {
  std::string kind;
  Section options;
  bool operator==(const Tagged&) const = default;
};

struct LoadedYaml {
  std::shared_ptr<Problems> problems;  // never null
  std::optional<Section> root;         // empty when there is no mapping to read; problems say why
};

// `file` is the name that problems show. Reads no file and no variable but those that `environment` gives.
LoadedYaml load_yaml(std::string text, std::string file, const Environment& environment);

template <class T>
std::optional<T> Section::choice(std::string_view key,
                                 std::initializer_list<std::pair<std::string_view, T>> words) const {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : words) names.push_back(name);
  const std::optional<std::size_t> index = choice_index(key, names);
  if (!index) return std::nullopt;
  return (words.begin() + *index)->second;
}

}  // namespace davy::config
