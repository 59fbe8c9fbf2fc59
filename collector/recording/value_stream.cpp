#include "collector/recording/value_stream.hpp"

#include <bit>
#include <cmath>

namespace davy::collector::recording {
namespace {

enum Code : std::uint64_t { run = 0, raw = 1 };

// Whole numbers up to here are exact, and so are their differences.
constexpr double whole_max = 4503599627370496;  // 2^52

bool is_whole(double v) {
  return std::fabs(v) <= whole_max && v == std::trunc(v) && !(v == 0 && std::signbit(v));
}

bool same(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

std::uint64_t zigzag(std::int64_t v) {
  return static_cast<std::uint64_t>(v) << 1 ^ static_cast<std::uint64_t>(v >> 63);
}

}  // namespace

void ValueWriter::put(double value, double before) {
  if (same(value, before)) {
    ++unchanged_;
    return;
  }
  end();
  if (is_whole(value) && is_whole(before)) {
    out_.number(zigzag(static_cast<std::int64_t>(value) - static_cast<std::int64_t>(before)) + 1);
  } else {
    out_.number(raw);
    out_.real(value);
  }
}

void ValueWriter::end() {
  if (unchanged_ == 0) return;
  out_.number(run);
  out_.number(unchanged_);
  unchanged_ = 0;
}

double ValueReader::get(double before) {
  if (unchanged_ == 0) {
    const std::uint64_t code = in_.number();
    if (code == raw) return in_.real();
    if (code != run) {
      const std::uint64_t folded = code - 1;
      const auto moved = static_cast<std::int64_t>(folded >> 1) ^ -static_cast<std::int64_t>(folded & 1);
      if (!is_whole(before) || std::llabs(moved) > static_cast<long long>(2 * whole_max))
        throw MalformedBytes("a difference to what is no whole number");
      return static_cast<double>(static_cast<std::int64_t>(before) + moved);
    }
    unchanged_ = in_.number();
    if (unchanged_ == 0) throw MalformedBytes("a run of nothing");
  }
  --unchanged_;
  return before;
}

void ValueReader::end() const {
  if (unchanged_ != 0) throw MalformedBytes("a run goes on too long");
}

}  // namespace davy::collector::recording
