#pragma once

// What of a reading follows.

#include <cstdint>

namespace davy::collector::recording {

inline constexpr std::uint64_t for_canary = 1;
inline constexpr std::uint64_t for_baseline = 2;
inline constexpr std::uint64_t is_described = 4;  // URL and labels: the target is new, or they have changed
inline constexpr std::uint64_t has_problem = 8;
inline constexpr std::uint64_t has_start_time = 16;
inline constexpr std::uint64_t has_server_time = 32;

}  // namespace davy::collector::recording
