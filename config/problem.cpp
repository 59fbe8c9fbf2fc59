#include "config/problem.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace davy::config {
namespace {

bool is_error(const Problem& problem) { return problem.level == Problem::Level::error; }

bool is_within(const std::string& path, const std::string& outer) {
  if (outer.empty() || path == outer) return true;
  return path.starts_with(outer) && (path[outer.size()] == '.' || path[outer.size()] == '[');
}

}  // namespace

std::string to_text(const Problem& problem) {
  std::string out = problem.file;
  if (problem.line > 0) out += fmt::format(":{}:{}", problem.line, problem.column);
  out += fmt::format(": {}: {}", is_error(problem) ? "error" : "warning", problem.message);
  if (!problem.hint.empty()) out += "; " + problem.hint;
  out += '\n';
  if (problem.line == 0) return out;
  out += fmt::format("{:5} | {}\n", problem.line, problem.excerpt);
  out += fmt::format("      | {}^{}\n", std::string(problem.caret, ' '),
                     std::string(problem.caret_width - 1, '~'));
  return out;
}

void Problems::add(Problem problem) {
  if (std::find(list_.begin(), list_.end(), problem) == list_.end()) list_.push_back(std::move(problem));
}

bool Problems::has_errors() const { return std::any_of(list_.begin(), list_.end(), is_error); }

std::size_t Problems::error_count() const {
  return static_cast<std::size_t>(std::count_if(list_.begin(), list_.end(), is_error));
}

bool Problems::has_errors_within(const std::string& path) const {
  return std::any_of(list_.begin(), list_.end(), [&](const Problem& problem) {
    return is_error(problem) && is_within(problem.path, path);
  });
}

std::vector<Problem> Problems::sorted() const {
  std::vector<Problem> list = list_;
  const auto place = [](const Problem& p) { return std::tie(p.file, p.line, p.column); };
  std::stable_sort(list.begin(), list.end(),
                   [&](const Problem& a, const Problem& b) { return place(a) < place(b); });
  return list;
}

std::string Problems::to_text(std::size_t shown_max) const {
  std::string out;
  std::size_t shown = 0;
  for (const Problem& problem : sorted()) {
    if (shown++ == shown_max) return out + fmt::format("... and {} more\n", list_.size() - shown_max);
    out += config::to_text(problem);
  }
  return out;
}

}  // namespace davy::config
