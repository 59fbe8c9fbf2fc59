#include "judge/sequential/state_codec.hpp"

#include <bit>
#include <stdexcept>

namespace davy::judge {
namespace {

constexpr std::uint64_t version = 1;
constexpr double integer_max = 1e15;
enum Tag : std::uint64_t { integer = 0, part_of_256 = 1, raw = 2 };

class Writer {
 public:
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>(value | 0x80));
    bytes.push_back(static_cast<char>(value));
  }
  void eight_bytes(std::uint64_t value) {
    for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<char>(value >> (8 * i)));
  }
  void value(double v) {
    const bool small = v >= 0 && v < integer_max && !std::signbit(v);
    if (small && v == std::floor(v)) return number(static_cast<std::uint64_t>(v) << 2 | integer);
    const double parts = v * 256;
    if (small && parts == std::floor(parts))
      return number(static_cast<std::uint64_t>(parts) << 2 | part_of_256);
    number(raw);
    eight_bytes(std::bit_cast<std::uint64_t>(v));
  }
  void values(const std::vector<double>& list) {
    number(list.size());
    for (const double v : list) value(v);
  }
  void sample(const Sample& sample) {
    number(static_cast<std::uint64_t>(std::llround(sample.length_s * 1000)) << 1 |
           (sample.lenient ? 1U : 0U));
    for (const double v : sample.of_baseline) value(v);
    for (const double v : sample.of_canary) value(v);
  }
  std::string bytes;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(next());
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    throw std::invalid_argument("too long a number");
  }
  // Of things of which each takes at least a byte.
  std::size_t count() {
    const std::uint64_t n = number();
    if (n > rest_.size()) throw std::invalid_argument("more than there are bytes");
    return static_cast<std::size_t>(n);
  }
  std::uint64_t eight_bytes() {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i)
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(next())) << (8 * i);
    return value;
  }
  double value() {
    const std::uint64_t tagged = number();
    switch (tagged & 3) {
      case integer: return static_cast<double>(tagged >> 2);
      case part_of_256: return static_cast<double>(tagged >> 2) / 256;
      default: return finite(std::bit_cast<double>(eight_bytes()));
    }
  }
  std::vector<double> values() {
    std::vector<double> list(count());
    for (double& v : list) v = value();
    return list;
  }
  Sample sample(std::size_t groups, std::size_t channels) {
    Sample sample;
    const std::uint64_t head = number();
    sample.length_s = static_cast<double>(head >> 1) / 1000;
    sample.lenient = (head & 1) != 0;
    sample.of_baseline.resize(groups * channels);
    sample.of_canary.resize(channels);
    for (double& v : sample.of_baseline) v = value();
    for (double& v : sample.of_canary) v = value();
    return sample;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  static double finite(double v) {
    if (!std::isfinite(v)) throw std::invalid_argument("not a number");
    return v;
  }
  char next() {
    if (rest_.empty()) throw std::invalid_argument("ends early");
    const char byte = rest_.front();
    rest_.remove_prefix(1);
    return byte;
  }
  std::string_view rest_;
};

SequentialMemory read(Reader& in) {
  if (in.number() != version) throw std::invalid_argument("another version");
  SequentialMemory memory;
  memory.ticks_per_sample = in.number();
  memory.window_samples = in.number();
  memory.channels = in.count();
  memory.newest_ms = static_cast<std::int64_t>(in.eight_bytes());
  const std::size_t groups = in.number();
  if (groups > groups_max || memory.ticks_per_sample == 0 || memory.channels == 0)
    throw std::invalid_argument("out of range");
  std::map<std::uint64_t, std::size_t> assignments;
  for (std::size_t left = in.count(); left > 0; --left) {
    const std::uint64_t hash = in.eight_bytes();
    assignments.emplace(hash, in.number());
  }
  memory.groups = MemberGroups(groups, std::move(assignments));
  memory.sampler = in.values();
  for (std::size_t left = in.count(); left > 0; --left)
    memory.history.push_back(in.sample(groups, memory.channels));
  for (std::size_t left = in.count(); left > 0; --left)
    memory.samples.push_back(in.sample(groups, memory.channels));
  memory.pending_ticks = in.number();
  memory.pending = in.sample(groups, memory.channels);
  if (!in.at_end()) throw std::invalid_argument("goes on");
  return memory;
}

}  // namespace

std::string encode(const SequentialMemory& memory) {
  Writer out;
  out.number(version);
  out.number(memory.ticks_per_sample);
  out.number(memory.window_samples);
  out.number(memory.channels);
  out.eight_bytes(static_cast<std::uint64_t>(memory.newest_ms));
  out.number(memory.groups.groups());
  out.number(memory.groups.assignments().size());
  for (const auto& [hash, group] : memory.groups.assignments()) {
    out.eight_bytes(hash);
    out.number(group);
  }
  out.values(memory.sampler);
  out.number(memory.history.size());
  for (const Sample& sample : memory.history) out.sample(sample);
  out.number(memory.samples.size());
  for (const Sample& sample : memory.samples) out.sample(sample);
  out.number(memory.pending_ticks);
  out.sample(memory.pending);
  return std::move(out.bytes);
}

std::optional<SequentialMemory> decode_memory(std::string_view bytes) {
  Reader in(bytes);
  try {
    return read(in);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace davy::judge
