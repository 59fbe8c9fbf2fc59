#pragma once

// Which parts of a recorded thing are there.

#include <cstdint>

namespace davy::collector::recording {

inline constexpr std::uint64_t for_canary = 1;
inline constexpr std::uint64_t for_baseline = 2;
inline constexpr std::uint64_t is_described = 4;  // URL and labels: the target is new, or they have changed
inline constexpr std::uint64_t has_problem = 8;
inline constexpr std::uint64_t has_start_time = 16;
inline constexpr std::uint64_t has_server_time = 32;
inline constexpr std::uint64_t has_samples = 64;

// What of a round.
inline constexpr std::uint64_t is_replaced = 1;
inline constexpr std::uint64_t has_nothing_new = 2;
inline constexpr std::uint64_t has_as_of = 4;

// What of a query's answer.
inline constexpr std::uint64_t asked_for_canary = 1;
inline constexpr std::uint64_t has_number = 2;
inline constexpr std::uint64_t has_trouble = 4;

}  // namespace davy::collector::recording
