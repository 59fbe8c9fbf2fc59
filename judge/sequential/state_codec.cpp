#include "judge/sequential/state_codec.hpp"

#include "core/base/bytes.hpp"

#include <cmath>

namespace davy::judge {
namespace {

constexpr std::uint64_t version = 1;
constexpr double integer_max = 1e15;
enum Tag : std::uint64_t { integer = 0, part_of_256 = 1, raw = 2 };

class Writer : public ByteWriter {
 public:
  void value(double v) {
    const bool small = v >= 0 && v < integer_max && !std::signbit(v);
    if (small && v == std::floor(v)) return number(static_cast<std::uint64_t>(v) << 2 | integer);
    const double parts = v * 256;
    if (small && parts == std::floor(parts))
      return number(static_cast<std::uint64_t>(parts) << 2 | part_of_256);
    number(raw);
    real(v);
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
};

class Reader : public ByteReader {
 public:
  using ByteReader::ByteReader;
  double value() {
    const std::uint64_t tagged = number();
    switch (tagged & 3) {
      case integer: return static_cast<double>(tagged >> 2);
      case part_of_256: return static_cast<double>(tagged >> 2) / 256;
      default: return finite(real());
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

 private:
  static double finite(double v) {
    if (!std::isfinite(v)) throw MalformedBytes("not a number");
    return v;
  }
};

SequentialMemory read(Reader& in) {
  if (in.number() != version) throw MalformedBytes("another version");
  SequentialMemory memory;
  memory.ticks_per_sample = in.number();
  memory.window_samples = in.number();
  memory.channels = in.count();
  memory.newest_ms = static_cast<std::int64_t>(in.eight_bytes());
  const std::size_t groups = in.number();
  if (groups > groups_max || memory.ticks_per_sample == 0 || memory.channels == 0)
    throw MalformedBytes("out of range");
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
  if (!in.at_end()) throw MalformedBytes("goes on");
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
