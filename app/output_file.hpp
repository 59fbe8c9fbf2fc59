#pragma once

// A file that is written whole or not at all: a reader sees the old content or the new one, never half.
//
// prepare() makes the folder and tries to write beside the file, so that a mistake is said before minutes are
// spent. A device or a pipe is written directly.

#include "core/base/result.hpp"

#include <string>

namespace davy::app {

class OutputFile {
 public:
  // Errors: invalid, denied; the message says what to correct.
  static Result<OutputFile> prepare(const std::string& path);

  Result<void> replace(std::string_view text) const;
  const std::string& path() const { return path_; }

 private:
  explicit OutputFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Adds to the end of a file that somebody else has made.
Result<void> append_to_file(const std::string& path, std::string_view text);

// All of the text, or an error; a reader that has gone away (EPIPE) is an error and not the end of the
// process.
Result<void> write_all(int descriptor, std::string_view text, const std::string& name);

}  // namespace davy::app
