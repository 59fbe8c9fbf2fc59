#pragma once

// Durations as people write and read them, in Prometheus' grammar: one or more numbers with a unit from
// y w d h m s ms, largest first, each unit at most once ("1h30m", "500ms", "0s"; "0" alone is allowed).

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <string>
#include <string_view>

namespace davy {

Result<Duration> parse_duration(std::string_view text);

// The shortest text that parse_duration reads back, to the millisecond: "1h30m", "2s500ms".
std::string to_text(Duration d);

// For sentences, rounded to what a person would say: "850 ms", "35 s", "4 min 10 s", "2 h 5 min".
std::string to_spoken(Duration d);

}  // namespace davy
