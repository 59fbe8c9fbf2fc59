#include "collector/parse/byte_set.hpp"

#include <cstring>
#include <random>

namespace davy::collector {
namespace {

__extension__ using Wide = unsigned __int128;

std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

std::uint64_t load(const char* at, std::size_t bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, bytes);
  return word;
}

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) ^ device();
}

}  // namespace

std::uint64_t hash_bytes(std::string_view bytes) {
  static const std::uint64_t seed = random_seed();
  constexpr std::uint64_t odd = 0xa0761d6478bd642fU;
  std::uint64_t hash = seed ^ bytes.size();
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 16; left -= 16, at += 16) hash = fold(load(at, 8) ^ odd ^ hash, load(at + 8, 8) ^ seed);
  const std::uint64_t tail_low = load(at, left < 8 ? left : 8);
  const std::uint64_t tail_high = left > 8 ? load(at + 8, left - 8) : 0;
  hash = fold(tail_low ^ odd ^ hash, tail_high ^ seed);
  return fold(hash ^ odd, seed ^ 0xe7037ed1a0b428dbU);
}

bool ByteSet::insert(std::string_view bytes) {
  if ((size_ + 1) * 2 > slots_.size()) grow();
  const std::uint64_t hash = hash_bytes(bytes);
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = hash & mask;
  for (; slots_[i].generation == generation_; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.hash == hash && std::string_view(arena_).substr(slot.offset, slot.length) == bytes) return false;
  }
  slots_[i] = {hash, arena_.size(), static_cast<std::uint32_t>(bytes.size()), generation_};
  arena_ += bytes;
  ++size_;
  return true;
}

void ByteSet::clear() {
  arena_.clear();
  size_ = 0;
  if (++generation_ != 0) return;
  slots_.clear();  // the counter has gone round: once in four thousand million times
  generation_ = 1;
}

void ByteSet::grow() {
  std::vector<Slot> old = std::move(slots_);
  slots_ = std::vector<Slot>(old.empty() ? 32 : old.size() * 2);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.generation != generation_) continue;
    std::size_t i = slot.hash & mask;
    while (slots_[i].generation == generation_) i = (i + 1) & mask;
    slots_[i] = slot;
  }
}

}  // namespace davy::collector
