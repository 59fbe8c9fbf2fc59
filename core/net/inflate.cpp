#include "core/net/inflate.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>
#include <zlib.h>

namespace davy::net {
namespace {

Error bad_gzip(const char* why) {
  return Error(ErrorKind::malformed, fmt::format("the gzip body cannot be read: {}", why), "bad_gzip");
}

}  // namespace

struct Inflater::Stream {
  z_stream z{};
};

Inflater::Inflater(std::size_t bytes_max) : stream_(std::make_unique<Stream>()), bytes_max_(bytes_max) {
  constexpr int gzip_only = 15 + 16;
  if (inflateInit2(&stream_->z, gzip_only) != Z_OK) throw std::bad_alloc();
}

Inflater::~Inflater() { inflateEnd(&stream_->z); }

Result<void> Inflater::add(std::string_view compressed, std::string& out) {
  z_stream& z = stream_->z;
  z.next_in =
      reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));  // zlib's old interface; it only reads
  z.avail_in = static_cast<uInt>(compressed.size());
  while (z.avail_in > 0) {
    if (ended_) return bad_gzip("data after its end");
    const std::size_t room = std::min<std::size_t>(64 * 1024, bytes_max_ - out.size() + 1);
    const std::size_t before = out.size();
    out.resize(before + room);
    z.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    z.avail_out = static_cast<uInt>(room);
    const int status = inflate(&z, Z_NO_FLUSH);
    out.resize(before + room - z.avail_out);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
      return bad_gzip(z.msg ? z.msg : "no gzip");
    if (out.size() > bytes_max_) return body_over_limit(bytes_max_);
    ended_ = status == Z_STREAM_END;
  }
  return {};
}

Result<void> Inflater::finish() {
  if (!ended_) return bad_gzip("it was cut short");
  return {};
}

Error body_over_limit(std::size_t bytes_max) {
  return Error(
      ErrorKind::over_limit,
      fmt::format("the body is larger than {} bytes; raise body_size_limit if it should be", bytes_max),
      "body_size_limit");
}

std::string gzip(std::string_view content) {
  z_stream z{};
  constexpr int with_gzip_header = 15 + 16;
  constexpr int usual_memory = 8;
  if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, with_gzip_header, usual_memory, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    throw std::bad_alloc();
  std::string out(deflateBound(&z, content.size()), '\0');
  z.next_in =
      reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));  // zlib reads and does not write here
  z.avail_in = static_cast<uInt>(content.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

}  // namespace davy::net
