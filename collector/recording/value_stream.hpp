#pragma once

// Running totals, scrape after scrape, in about a byte each: what has changed since the last time. A varint
// of 0 stands for a run of values that are as they were, and its length follows; 1 for a value of its own,
// eight bytes; anything above for a whole number that has moved, by zigzag(difference) + 1.

#include "core/base/bytes.hpp"

#include <cstdint>

namespace davy::collector::recording {

class ValueWriter {
 public:
  explicit ValueWriter(ByteWriter& out) : out_(out) {}
  void put(double value, double before);
  void end();  // after the last of a stream

 private:
  ByteWriter& out_;
  std::uint64_t unchanged_ = 0;
};

class ValueReader {
 public:
  explicit ValueReader(ByteReader& in) : in_(in) {}
  double get(double before);
  void end() const;  // throws when a run goes on past the stream's last value

 private:
  ByteReader& in_;
  std::uint64_t unchanged_ = 0;
};

}  // namespace davy::collector::recording
