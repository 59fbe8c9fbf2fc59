// A sequential test's memory as bytes, there and back.

#include "judge/sequential/state_codec.hpp"

#include <bit>
#include <doctest/doctest.h>
#include <limits>
#include <rapidcheck.h>

namespace davy::judge {
namespace {

SequentialMemory some_memory() {
  SequentialMemory memory;
  memory.ticks_per_sample = 3;
  memory.window_samples = 120;
  memory.channels = 2;
  memory.newest_ms = -5000;
  memory.groups = MemberGroups({"a", "b", "c"}, 1);
  memory.sampler = {2, 0.1, 0.25, 1e-300, -0.0, 1e200, 1.0 / 3};
  memory.history = {{5, false, {100, 1, 200, 2, 300.5, 3}, {0, 0}}};
  memory.samples = {{5.003, true, {0, 0, 20000, 19999, 1.0 / 256, 1e14}, {1e15, 7}},
                    {4.5, false, {-1.5, 2, 3, 4, 5, 6}, {7, 8}}};
  memory.pending_ticks = 2;
  memory.pending = {10, false, {1, 2, 3, 4, 5, 6}, {7, 8}};
  return memory;
}

void check_same(const SequentialMemory& a, const SequentialMemory& b) {
  CHECK(a.ticks_per_sample == b.ticks_per_sample);
  CHECK(a.window_samples == b.window_samples);
  CHECK(a.channels == b.channels);
  CHECK(a.newest_ms == b.newest_ms);
  CHECK(a.groups.groups() == b.groups.groups());
  CHECK(a.groups.assignments() == b.groups.assignments());
  CHECK(a.sampler == b.sampler);
  CHECK(a.history == b.history);
  CHECK(a.samples == b.samples);
  CHECK(a.pending_ticks == b.pending_ticks);
  CHECK(a.pending == b.pending);
}

}  // namespace

TEST_CASE("a memory comes back as it was and has one form only") {
  for (const SequentialMemory& memory : {some_memory(), SequentialMemory{}}) {
    SequentialMemory encodable = memory;
    encodable.pending.of_baseline.resize(memory.groups.groups() * memory.channels);
    encodable.pending.of_canary.resize(memory.channels);
    const std::string bytes = encode(encodable);
    const auto back = decode_memory(bytes);
    REQUIRE(back.has_value());
    check_same(*back, encodable);
    CHECK(encode(*back) == bytes);
  }
}

TEST_CASE("every finite number comes back bit for bit") {
  CHECK(rc::check([](const std::vector<double>& values) {
    SequentialMemory memory = some_memory();
    memory.sampler = values;
    for (double& v : memory.sampler)
      if (!std::isfinite(v)) v = 0;
    const auto back = decode_memory(encode(memory));
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->sampler.size() == memory.sampler.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      RC_ASSERT(std::bit_cast<std::uint64_t>(back->sampler[i]) ==
                std::bit_cast<std::uint64_t>(memory.sampler[i]));
  }));
}

TEST_CASE("no beginning of a memory is one and neither is a longer text") {
  const std::string bytes = encode(some_memory());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    CAPTURE(n);
    CHECK_FALSE(decode_memory(std::string_view(bytes).substr(0, n)).has_value());
  }
  CHECK_FALSE(decode_memory(bytes + '\0').has_value());
}

TEST_CASE("random bytes are refused or read but never fatal") {
  CHECK(rc::check([](std::string bytes) {
    decode_memory(bytes);
    decode_memory("\x01" + bytes);
  }));
}

}  // namespace davy::judge
