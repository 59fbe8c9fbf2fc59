#pragma once

// Numbers and times as expositions write them.
//
// Grammar (OpenMetrics 1.0 ABNF; Go's ParseFloat for the text format agrees): a signed decimal with an
// optional exponent, [sign]inf or [sign]infinity, or nan, letters in any case. Hexadecimal, binary and octal
// forms, underscores and blanks are refused.

#include "collector/parse/exposition.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace davy::collector {

// What becomes of a decimal that no double can hold, like 1e400: ParseFloat refuses it; the ABNF allows it.
enum class Overflow { refuse, saturate };

std::optional<double> parse_number(std::string_view text, Overflow overflow);

// The text format's timestamp: a signed whole number of milliseconds.
std::optional<ExposedTime> parse_milliseconds(std::string_view text);

// OpenMetrics' timestamp: decimal seconds, never NaN or infinite; digits beyond the nanosecond are cut off.
std::optional<ExposedTime> parse_seconds(std::string_view text);

}  // namespace davy::collector
