#pragma once

// Sizes in bytes as Prometheus reads them: a whole number and a unit from B KB MB GB TB, or the same with an
// i (KiB). Both spellings count in steps of 1024, as in Prometheus' body_size_limit. The unit is mandatory,
// except for 0.

#include "core/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace davy::config {

Result<std::uint64_t> parse_byte_size(std::string_view text);

// The shortest text that parse_byte_size reads back: "10MiB", "1536KiB", "17B".
std::string to_byte_text(std::uint64_t bytes);

}  // namespace davy::config
