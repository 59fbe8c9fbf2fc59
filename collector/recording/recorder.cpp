#include "collector/recording/recorder.hpp"

#include "collector/recording/frame.hpp"
#include "collector/recording/small_frames.hpp"
#include "collector/recording/verdict_digest.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>

namespace davy::collector::recording {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t segments_kept = 4;  // three of them whole: more than the five minutes that are history
constexpr std::string_view extension = ".davyrec";

std::string file_name(std::string_view text) {
  std::string name(text);
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    if (!plain) c = '_';
  }
  return name;
}

}  // namespace

Recorder::Recorder(RecorderOptions options) : options_(std::move(options)) {}

Result<void> Recorder::open() {
  if (!options_.file.empty()) return open_file(options_.file);
  std::error_code ec;
  fs::create_directories(options_.directory, ec);
  if (ec)
    return Error(ErrorKind::denied,
                 fmt::format("cannot make {} for recordings: {}", options_.directory, ec.message()));
  return {};
}

Result<void> Recorder::open_file(const std::string& path) {
  file_ = std::ofstream(path, std::ios::binary | std::ios::trunc);
  if (!file_)
    return Error(errno == ENOENT ? ErrorKind::not_found : ErrorKind::denied,
                 fmt::format("cannot record into {}: {}", path, std::strerror(errno)));
  path_ = path;
  written_ = 0;
  open_ = true;
  return {};
}

void Recorder::asked(const OperatorRequest& request, Instant at, WallTime wall) {
  if (!encoder_) begin_segment(at, wall);
  const bool begins = request.kind == OperatorRequest::Kind::start_release;
  if (begins && !options_.directory.empty()) begin_file(request.release);
  keep(frame(FrameKind::request, encode(Request{request, at}, segment_since_)));
}

void Recorder::collected(const Batch& batch, WallTime wall) {
  if (!encoder_ || batch.at - segment_since_ >= options_.segment) begin_segment(batch.at, wall);
  keep(frame(FrameKind::round, encoder_->encode(batch)));
}

void Recorder::judged(const Verdict& verdict) {
  if (!encoder_) return;
  keep(frame(FrameKind::judged, encode(Judged{verdict.at, digest(verdict)}, segment_since_)));
}

void Recorder::ended(const std::string& report_json) {
  if (!encoder_) return;
  keep(frame(FrameKind::ended, report_json));
  if (options_.directory.empty()) return;
  open_ = false;
  file_.close();
}

void Recorder::begin_segment(Instant now, WallTime wall) {
  segment_since_ = now;
  encoder_ = std::make_unique<BatchEncoder>(now);
  Head head = options_.head;
  head.since = now;
  head.wall = wall;
  recent_.emplace_back();
  if (recent_.size() > segments_kept) recent_.pop_front();
  keep(std::string(segment_mark) + frame(FrameKind::head, encode(head)));
}

void Recorder::keep(const std::string& frame) {
  if (!options_.directory.empty()) recent_.back() += frame;
  if (open_) write(frame);
}

void Recorder::write(std::string_view bytes) {
  if (written_ + bytes.size() > options_.bytes_max)
    return give_up(fmt::format("{} has reached {} bytes; it ends here", path_, written_));
  file_ << bytes;
  if (!file_.flush()) return give_up(fmt::format("cannot write to {}: {}", path_, std::strerror(errno)));
  written_ += bytes.size();
}

void Recorder::give_up(const std::string& why) {
  open_ = false;
  file_.close();
  if (options_.complain) options_.complain("recording: " + why);
}

void Recorder::begin_file(const std::string& release) {
  remove_old_files();
  const std::string name = file_name(options_.head.service) + "-" + file_name(release);
  fs::path place = fs::path(options_.directory) / (name + std::string(extension));
  // The same release again, or its rest after a restart, is not written over what there is.
  for (int nth = 2; fs::exists(place); ++nth)
    place.replace_filename(fmt::format("{}.{}{}", name, nth, extension));
  if (auto opened = open_file(place.string()); !opened) return give_up(opened.error().message());
  for (const std::string& segment : recent_) write(segment);
}

void Recorder::remove_old_files() const {
  std::error_code ec;
  std::vector<std::pair<fs::file_time_type, fs::path>> found;
  const std::string prefix = file_name(options_.head.service) + "-";
  for (const auto& entry : fs::directory_iterator(options_.directory, ec)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(prefix) && name.ends_with(extension))
      found.emplace_back(entry.last_write_time(ec), entry.path());
  }
  std::sort(found.begin(), found.end());
  while (found.size() >= std::max<std::size_t>(options_.files_max, 1)) {
    fs::remove(found.front().second, ec);
    found.erase(found.begin());
  }
}

}  // namespace davy::collector::recording
