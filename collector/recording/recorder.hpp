#pragma once

// Writes a recording while a watch goes on: into one file from the start, or into a file a release that
// begins with the five minutes before it.
//
// Every frame is handed to the system before a call returns. A recording that cannot be written is complained
// of once and given up; the watch goes on. A file never grows beyond `bytes_max`, and of a service's files in
// a directory the newest `files_max` stay.

#include "collector/recording/batch_codec.hpp"
#include "collector/recording/recording.hpp"
#include "core/model/verdict.hpp"

#include <deque>
#include <fstream>
#include <functional>
#include <memory>

namespace davy::collector::recording {

struct RecorderOptions {
  std::string file;       // one for everything; or
  std::string directory;  // one a release, SERVICE-RELEASE.davyrec
  Head head;              // `since` and `wall` are those of each segment
  std::size_t bytes_max = 64U << 20;
  std::size_t files_max = 100;
  Duration segment = std::chrono::seconds(150);  // what damage can cost at most
  std::function<void(const std::string&)> complain;
};

class Recorder {
 public:
  explicit Recorder(RecorderOptions options);

  // Opens the file, or finds the directory. Errors: denied, not_found, with what to do.
  Result<void> open();

  void asked(const OperatorRequest& request, Instant at, WallTime wall);
  void collected(const Batch& batch, WallTime wall);
  void judged(const Verdict& verdict);
  void ended(const std::string& report_json);

  const std::string& path() const { return path_; }  // of the newest file; empty: none yet
  std::size_t bytes() const { return written_; }     // of it

 private:
  void begin_segment(Instant now, WallTime wall);
  void keep(const std::string& frame);
  Result<void> open_file(const std::string& path);
  void write(std::string_view bytes);
  void begin_file(const std::string& release);
  void remove_old_files() const;
  void give_up(const std::string& why);

  RecorderOptions options_;
  std::unique_ptr<BatchEncoder> encoder_;  // of the segment
  Instant segment_since_{};
  std::deque<std::string> recent_;  // the newest segments; the last one grows
  std::ofstream file_;
  std::string path_;
  std::size_t written_ = 0;
  bool open_ = false;
};

}  // namespace davy::collector::recording
