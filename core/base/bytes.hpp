#pragma once

// Numbers and texts as bytes: varints (seven bits a byte, least significant first), zigzag for what may be
// negative, eight bytes for doubles (IEEE 754), all little-endian; a text is its length and its bytes.
//
// A reader throws MalformedBytes when it is asked for more than there is, or for a number that is none;
// whoever decodes a whole catches it once and says what was being read.

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace davy {

class MalformedBytes : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

class ByteWriter {
 public:
  void number(std::uint64_t value);
  void signed_number(std::int64_t value);
  void eight_bytes(std::uint64_t value);
  void real(double value);
  void text(std::string_view value);
  void flag(bool value) { number(value ? 1 : 0); }

  std::string bytes;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t number();
  std::int64_t signed_number();
  std::uint64_t eight_bytes();
  double real();  // any, NaN too
  std::string_view text();
  bool flag() { return number() != 0; }
  // How many things follow, of which each takes at least a byte.
  std::size_t count();

  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

 private:
  char next();
  std::string_view rest_;
};

// Fowler, Noll and Vo's FNV-1a, 64 bits: tells values apart, protects against nobody.
std::uint64_t fnv1a(std::string_view bytes);

}  // namespace davy
