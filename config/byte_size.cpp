#include "config/byte_size.hpp"

#include "core/base/text.hpp"

#include <array>
#include <charconv>
#include <fmt/format.h>
#include <limits>

namespace davy::config {
namespace {

struct Unit {
  std::string_view name;
  std::string_view other_name;
  std::uint64_t bytes;
};

// Largest first, for writing.
constexpr std::array<Unit, 5> units{{{"TiB", "TB", 1ULL << 40U},
                                     {"GiB", "GB", 1ULL << 30U},
                                     {"MiB", "MB", 1ULL << 20U},
                                     {"KiB", "KB", 1ULL << 10U},
                                     {"B", "B", 1}}};

Error not_a_size(std::string_view text, std::string_view advice) {
  return Error(ErrorKind::invalid, fmt::format("'{}' is not a size; {}", printable(text, 60), advice));
}

}  // namespace

Result<std::uint64_t> parse_byte_size(std::string_view text) {
  constexpr std::string_view usage = "write a whole number with a unit (B, KiB, MiB, GiB, TiB), like 10MiB";
  if (text == "0") return std::uint64_t{0};
  std::uint64_t number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc()) return not_a_size(text, usage);
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  if (name.empty()) {
    return Error(ErrorKind::invalid, fmt::format("'{0}' has no unit; write {0}B, {0}KiB or {0}MiB", text));
  }
  for (const Unit& unit : units) {
    if (name != unit.name && name != unit.other_name) continue;
    if (number > std::numeric_limits<std::uint64_t>::max() / unit.bytes) {
      return Error(ErrorKind::invalid, fmt::format("'{}' is too large", text));
    }
    return number * unit.bytes;
  }
  for (const Unit& unit : units) {
    const bool meant = equal_ignoring_case(name, unit.name) || equal_ignoring_case(name, unit.other_name) ||
                       equal_ignoring_case(name, unit.name.substr(0, 1));
    if (meant) return not_a_size(text, fmt::format("did you mean {}{}?", number, unit.name));
  }
  return not_a_size(text, usage);
}

std::string to_byte_text(std::uint64_t bytes) {
  for (const Unit& unit : units) {
    if (bytes >= unit.bytes && bytes % unit.bytes == 0)
      return fmt::format("{}{}", bytes / unit.bytes, unit.name);
  }
  return "0B";
}

}  // namespace davy::config
