#pragma once

// What is wrong with a configuration file, and where: as a compiler says it.
//
//   checkout.yaml:12:5: error: unknown key 'max_incraese' in check 'errors'; did you mean 'max_increase'?
//      12 |     max_incraese: 100%
//         |     ^~~~~~~~~~~~
//
// Lines and columns count from 1, columns in characters. A problem carries the line it speaks of (made
// printable, secrets masked), so that it can be rendered when the file is gone. Line 0: the file as a whole.

#include <cstddef>
#include <string>
#include <vector>

namespace davy::config {

struct Problem {
  enum class Level { error, warning };
  Level level = Level::error;
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string path;     // "checks[2].latency.quantile"; empty at the root
  std::string message;  // what is wrong
  std::string hint;     // what to do; may be empty

  std::string excerpt;          // the line, or a part of it when it is long
  std::size_t caret = 0;        // display columns before the caret, from 0
  std::size_t caret_width = 1;  // at least 1

  bool operator==(const Problem&) const = default;
};

std::string to_text(const Problem& problem);

// Everything found so far. The same problem twice is kept once.
class Problems {
 public:
  void add(Problem problem);

  bool has_errors() const;
  std::size_t error_count() const;
  bool empty() const { return list_.empty(); }
  // Is there an error at `path`, or below it? The empty path is the whole file.
  bool has_errors_within(const std::string& path) const;

  std::vector<Problem> sorted() const;  // by file, line and column

  // All of them, sorted by place, each as above; after the first `shown_max` only their number.
  std::string to_text(std::size_t shown_max = 100) const;

 private:
  std::vector<Problem> list_;
};

}  // namespace davy::config
