#include "collector/recording/frame.hpp"

#include "core/base/bytes.hpp"

#include <fmt/format.h>
#include <zlib.h>

namespace davy::collector::recording {
namespace {

// kind, flags, payload's length and the checksum of all that and the payload, both of four bytes
constexpr std::size_t head_bytes = 10;
constexpr char deflated = 1;
constexpr std::size_t payload_bytes_max = 64U << 20;
constexpr std::size_t worth_deflating = 64;

std::string four_bytes(std::uint32_t value) {
  std::string out;
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
  return out;
}

std::uint32_t four_bytes(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return value;
}

std::uint32_t checksum(std::string_view a, std::string_view b) {
  uLong crc = crc32(0, nullptr, 0);
  for (const std::string_view part : {a, b})
    crc = crc32(crc, reinterpret_cast<const Bytef*>(part.data()), static_cast<uInt>(part.size()));
  return static_cast<std::uint32_t>(crc);
}

// The length before deflating as a varint, and zlib's stream.
std::string deflate_text(std::string_view text) {
  ByteWriter out;
  out.number(text.size());
  uLongf size = compressBound(text.size());
  std::string packed(size, '\0');
  if (compress2(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
                text.size(), Z_DEFAULT_COMPRESSION) != Z_OK)
    return std::string(text.size(), '\0');  // no gain: kept as it is
  packed.resize(size);
  return out.bytes + packed;
}

std::optional<std::string> inflate_text(std::string_view packed) {
  try {
    ByteReader in(packed);
    const std::uint64_t size = in.number();
    if (size > payload_bytes_max) return std::nullopt;
    std::string text(size, '\0');
    uLongf got = text.size();
    const int result =
        uncompress(reinterpret_cast<Bytef*>(text.data()), &got,
                   reinterpret_cast<const Bytef*>(in.rest().data()), static_cast<uLong>(in.rest().size()));
    if (result != Z_OK || got != size) return std::nullopt;
    return text;
  } catch (const MalformedBytes&) {
    return std::nullopt;
  }
}

bool is_kind(char byte) { return byte >= 1 && byte <= static_cast<char>(FrameKind::ended); }

}  // namespace

std::string frame(FrameKind kind, std::string_view payload) {
  std::string packed;
  if (payload.size() >= worth_deflating) packed = deflate_text(payload);
  const bool smaller = !packed.empty() && packed.size() < payload.size();
  const std::string_view body = smaller ? std::string_view(packed) : payload;
  std::string out{static_cast<char>(kind), smaller ? deflated : '\0'};
  out += four_bytes(static_cast<std::uint32_t>(body.size()));
  out += four_bytes(checksum(out, body));
  out += body;
  return out;
}

std::optional<Frame> FrameReader::next() {
  while (at_ < bytes_.size()) {
    const std::string_view rest = bytes_.substr(at_);
    const bool begins = rest.starts_with(segment_mark);
    if (begins) at_ += segment_mark.size();
    if (at_ == 0) {
      skip_segment("it does not begin as a recording does");
      continue;
    }
    if (auto frame = read(begins)) return frame;
  }
  return std::nullopt;
}

std::optional<Frame> FrameReader::read(bool begins_segment) {
  const std::string_view rest = bytes_.substr(at_);
  if (rest.size() < head_bytes) {
    skip_segment(rest.empty() ? "a segment without frames" : "a frame was cut off");
    return std::nullopt;
  }
  const std::size_t size = four_bytes(rest.substr(2));
  if (!is_kind(rest[0]) || size > payload_bytes_max) {
    skip_segment("what should be a frame is none");
    return std::nullopt;
  }
  if (size > rest.size() - head_bytes) {
    skip_segment("a frame was cut off");
    return std::nullopt;
  }
  const std::string_view body = rest.substr(head_bytes, size);
  if (four_bytes(rest.substr(6)) != checksum(rest.substr(0, 6), body)) {
    skip_segment("a frame was damaged");
    return std::nullopt;
  }
  Frame frame;
  frame.kind = static_cast<FrameKind>(rest[0]);
  frame.begins_segment = begins_segment;
  if (rest[1] == deflated) {
    auto text = inflate_text(body);
    if (!text) {
      skip_segment("a frame cannot be inflated");
      return std::nullopt;
    }
    frame.payload = std::move(*text);
  } else {
    frame.payload = body;
  }
  at_ += head_bytes + size;
  return frame;
}

void FrameReader::skip_segment(const std::string& why) {
  const std::size_t from = at_;
  const std::size_t found = bytes_.find(segment_mark, at_);
  at_ = found == std::string_view::npos ? bytes_.size() : found;
  problems_.push_back(fmt::format("{} at byte {}; {} bytes were skipped", why, from, at_ - from));
}

}  // namespace davy::collector::recording
