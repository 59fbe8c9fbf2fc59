#pragma once

// A set of byte strings that copies what it is given: one arena and one open-addressed table, so that a
// million entries are two allocations' worth of growth. The hash is seeded per process: a target cannot
// choose colliding labels.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace davy::collector {

// A fast keyed hash (multiply and fold, after Wang Yi's wyhash); not for secrets.
std::uint64_t hash_bytes(std::string_view bytes);

class ByteSet {
 public:
  // False when it was there already.
  bool insert(std::string_view bytes);
  // Keeps the memory; its cost does not depend on what was in it.
  void clear();
  std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::size_t offset = 0;
    std::uint32_t length = 0;
    std::uint32_t generation = 0;  // of another than the current one: free
  };
  void grow();

  std::vector<Slot> slots_;
  std::string arena_;
  std::size_t size_ = 0;
  std::uint32_t generation_ = 1;
};

}  // namespace davy::collector
