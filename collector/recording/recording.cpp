#include "collector/recording/recording.hpp"

#include "collector/recording/batch_codec.hpp"
#include "collector/recording/frame.hpp"
#include "collector/recording/small_frames.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <sstream>

namespace davy::collector::recording {
namespace {

class Reader {
 public:
  void take(const Frame& frame) {
    if (frame.begins_segment)
      begin_segment(frame);
    else if (!decoder_)
      throw MalformedBytes("a segment without a head");
    else
      read(frame);
  }
  void lost() {
    decoder_.reset();
    gap_ = true;
  }

  Recording recording;
  bool has_head = false;

 private:
  void begin_segment(const Frame& frame) {
    if (frame.kind != FrameKind::head) throw MalformedBytes("a segment without a head");
    Head head = decode_head(frame.payload);
    since_ = head.since;
    // Another boot, or another process: its clock has nothing to do with the one before.
    const bool other = has_head && head.since < recording.head.since;
    if (!has_head) recording.head = std::move(head);
    if (other) throw MalformedBytes("it goes on with another machine's clock; cut it there");
    has_head = true;
    decoder_.emplace(since_, pool_);
  }
  void read(const Frame& frame) {
    switch (frame.kind) {
      case FrameKind::round: {
        Round round;
        round.batch = decoder_->decode(frame.payload);
        round.requests = std::exchange(requests_, {});
        round.after_gap = std::exchange(gap_, false);
        recording.rounds.push_back(std::move(round));
        break;
      }
      case FrameKind::judged: {
        if (recording.rounds.empty()) break;
        const Judged judged = decode_judged(frame.payload, since_);
        recording.rounds.back().judged_at = judged.at;
        recording.rounds.back().verdict = judged.verdict;
        break;
      }
      case FrameKind::request: requests_.push_back(decode_request(frame.payload, since_)); break;
      case FrameKind::ended: recording.reports.push_back(frame.payload); break;
      case FrameKind::head: throw MalformedBytes("a head in the middle of a segment");
    }
  }

  SeriesPool pool_;
  std::optional<BatchDecoder> decoder_;
  Instant since_{};
  std::vector<Request> requests_;
  bool gap_ = false;
};

}  // namespace

Result<Recording> read_recording(std::string_view bytes) {
  FrameReader frames(bytes);
  Reader reader;
  std::size_t known_problems = 0;
  while (auto frame = frames.next()) {
    if (frames.problems().size() > known_problems) reader.lost();
    known_problems = frames.problems().size();
    try {
      reader.take(*frame);
    } catch (const MalformedBytes& why) {
      frames.skip_segment(why.what());
    } catch (const std::domain_error& why) {
      return Error(ErrorKind::unsupported, why.what());
    }
  }
  reader.recording.problems = frames.problems();
  if (!reader.has_head) {
    return Error(ErrorKind::malformed,
                 "no recording; davy record, davy gate --record and davy guard --record write one");
  }
  return std::move(reader.recording);
}

Result<Recording> load_recording(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const ErrorKind kind = errno == ENOENT ? ErrorKind::not_found : ErrorKind::denied;
    return Error(kind, fmt::format("{}: {}", path, std::strerror(errno)));
  }
  std::ostringstream bytes;
  bytes << file.rdbuf();
  auto read = read_recording(std::move(bytes).str());
  if (!read) return read.error().within(path);
  return read;
}

}  // namespace davy::collector::recording
