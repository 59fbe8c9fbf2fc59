#pragma once

// What all Sections of one file share: its lines, its problems, and which keys have been asked for.
//
// Lines are kept for display only. Where a line gives a secret-looking key a value (password: ..., a
// user:password@ in a URL) the value is masked, since a misplaced secret must not travel into a log with the
// error that complains about it.

#include "config/problem.hpp"
#include "config/yaml_tree.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace davy::config {

class Document {
 public:
  Document(std::string file, const std::string& text);

  Problem problem_at(const Place& at) const;  // file, line, column, excerpt and caret filled in
  Problem problem_of_file() const;

  const std::shared_ptr<Problems>& problems() const { return problems_; }
  std::map<std::string, std::set<std::string>>& asked() { return asked_; }

 private:
  std::string file_;
  std::vector<std::string> lines_;  // as written
  std::shared_ptr<Problems> problems_;
  std::map<std::string, std::set<std::string>> asked_;
};

// Keys whose values are secrets: password, token, api_key, slack_webhook_secret ... but not password_file.
bool is_secret_key(std::string_view key);

// A line as it may be shown.
std::string masked(std::string_view line);

}  // namespace davy::config
