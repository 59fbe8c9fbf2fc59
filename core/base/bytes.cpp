#include "core/base/bytes.hpp"

#include <bit>

namespace davy {

void ByteWriter::number(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>(value | 0x80));
  bytes.push_back(static_cast<char>(value));
}

void ByteWriter::signed_number(std::int64_t value) {
  number(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
}

void ByteWriter::eight_bytes(std::uint64_t value) {
  for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<char>(value >> (8 * i)));
}

void ByteWriter::real(double value) { eight_bytes(std::bit_cast<std::uint64_t>(value)); }

void ByteWriter::text(std::string_view value) {
  number(value.size());
  bytes.append(value);
}

char ByteReader::next() {
  if (rest_.empty()) throw MalformedBytes("ends early");
  const char byte = rest_.front();
  rest_.remove_prefix(1);
  return byte;
}

std::uint64_t ByteReader::number() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(next());
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  throw MalformedBytes("too long a number");
}

std::int64_t ByteReader::signed_number() {
  const std::uint64_t value = number();
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

std::uint64_t ByteReader::eight_bytes() {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(next())) << (8 * i);
  return value;
}

double ByteReader::real() { return std::bit_cast<double>(eight_bytes()); }

std::string_view ByteReader::text() {
  const std::size_t size = count();
  const std::string_view value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return value;
}

std::size_t ByteReader::count() {
  const std::uint64_t n = number();
  if (n > rest_.size()) throw MalformedBytes("more than there are bytes");
  return static_cast<std::size_t>(n);
}

std::uint64_t fnv1a(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

}  // namespace davy
