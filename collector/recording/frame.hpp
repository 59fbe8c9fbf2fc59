#pragma once

// The outside of a recording: segments of frames, each frame with its length and a checksum
// (docs/recording-format.md).
//
// A segment can be read without those before it. A frame that was cut off or damaged is skipped together with
// the rest of its segment, and said; nothing that follows is lost.

#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace davy::collector::recording {

enum class FrameKind : std::uint8_t { head = 1, round = 2, judged = 3, request = 4, ended = 5 };

// Begins every segment: never the beginning of a frame.
inline constexpr std::string_view segment_mark{"DAVYREC\x01", 8};

// The payload is deflated where that makes it smaller.
std::string frame(FrameKind kind, std::string_view payload);

struct Frame {
  FrameKind kind = FrameKind::head;
  std::string payload;
  bool begins_segment = false;  // the first of its segment
};

class FrameReader {
 public:
  // `bytes` must outlive the reader.
  explicit FrameReader(std::string_view bytes) : bytes_(bytes) {}

  // Nothing at the end. What had to be skipped on the way is in problems().
  std::optional<Frame> next();
  const std::vector<std::string>& problems() const { return problems_; }

  // The decoder cannot make sense of what it was given: goes on at the next segment.
  void skip_segment(const std::string& why);

 private:
  std::optional<Frame> read(bool begins_segment);

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::vector<std::string> problems_;
};

}  // namespace davy::collector::recording
