#include "config/byte_size.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace davy::config {

TEST_CASE("sizes count in steps of 1024 in both spellings") {
  CHECK(parse_byte_size("10MiB").value() == 10U * 1024 * 1024);
  CHECK(parse_byte_size("10MB").value() == 10U * 1024 * 1024);
  CHECK(parse_byte_size("1KB").value() == 1024);
  CHECK(parse_byte_size("17B").value() == 17);
  CHECK(parse_byte_size("0").value() == 0);
}

TEST_CASE("a size that is not one is asked back") {
  const auto message = [](std::string_view text) { return parse_byte_size(text).error().message(); };
  CHECK(message("10") == "'10' has no unit; write 10B, 10KiB or 10MiB");
  CHECK(message("10M") == "'10M' is not a size; did you mean 10MiB?");
  CHECK(message("10mb") == "'10mb' is not a size; did you mean 10MiB?");
  CHECK(message("99999999999TiB") == "'99999999999TiB' is too large");
  CHECK_FALSE(parse_byte_size("").has_value());
  CHECK_FALSE(parse_byte_size("-1B").has_value());
  CHECK_FALSE(parse_byte_size("1.5MiB").has_value());
}

TEST_CASE("what is written as a size reads back as the same") {
  CHECK(rc::check(
      [](std::uint64_t bytes) { RC_ASSERT(parse_byte_size(to_byte_text(bytes)).value() == bytes); }));
}

}  // namespace davy::config
