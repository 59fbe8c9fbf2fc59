// Times as the journal and the API write them.

#include "core/base/clock.hpp"

#include <doctest/doctest.h>

namespace davy {

TEST_CASE("a time reads back as it was written to the millisecond") {
  for (std::int64_t ms = 1'700'000'000'000; ms < 1'700'000'000'000 + 3'600'000; ms += 997) {
    const WallTime at{std::chrono::milliseconds(ms)};
    REQUIRE(parse_rfc3339(to_rfc3339(at)) == at);
  }
}

TEST_CASE("a time is read with any number of decimals or none") {
  const WallTime noon = *parse_rfc3339("2024-05-01T12:00:00.000Z");
  CHECK(parse_rfc3339("2024-05-01T12:00:00Z") == noon);
  CHECK(parse_rfc3339("2024-05-01T12:00:00.25Z") == noon + std::chrono::milliseconds(250));
  CHECK(parse_rfc3339("2024-05-01T12:00:00.249999Z") == noon + std::chrono::milliseconds(249));
  CHECK(parse_rfc3339("2024-02-29T23:59:60Z") == *parse_rfc3339("2024-03-01T00:00:00Z"));
}

TEST_CASE("what is no time in UTC is none") {
  for (const char* text : {"",
                           "Z",
                           "yesterday",
                           "2024-05-01",
                           "2024-05-01T12:00:00",
                           "2024-05-01T12:00:00+02:00",
                           "2024-05-01 12:00:00Z",
                           "2024-5-1T12:00:00Z",
                           "2024-13-01T12:00:00Z",
                           "2023-02-29T12:00:00Z",
                           "2024-05-01T24:00:00Z",
                           "2024-05-01T12:60:00Z",
                           "2024-05-01T12:00:61Z",
                           "2024-05-01T12:00:00.Z",
                           "2024-05-01T12:00:00.1e3Z",
                           "2024-05-01T12:00:0x1Z",
                           "2024-05-01T12:00:nanZ",
                           " 024-05-01T12:00:00Z",
                           "2024-05-01T12:00:00ZZ",
                           "2024-05-01T-1:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

}  // namespace davy
