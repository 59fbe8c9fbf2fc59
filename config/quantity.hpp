#pragma once

// Single values as a configuration file writes them, from text. Each error is the end of a sentence that
// begins with the key, and asks for what was probably meant.

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace davy::config {

// parse_duration, but a bare number is asked back: "30s or 30ms?".
Result<Duration> read_duration(std::string_view text);

// A bare whole number within [least, most].
Result<std::int64_t> read_count(std::string_view text, std::int64_t least, std::int64_t most);

// "5%" -> 0.05. A bare number is asked back: "0.1% or 10%?". Never negative.
Result<double> read_percent(std::string_view text);

// http:// or https:// with a host, no blanks and no user:password@. Returned as written.
Result<std::string> read_url(std::string_view text);

// A whole text as one finite decimal number; nothing otherwise.
std::optional<double> read_number(std::string_view text);

}  // namespace davy::config
