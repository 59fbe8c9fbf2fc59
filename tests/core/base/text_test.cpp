#include "core/base/text.hpp"

#include "core/base/clock.hpp"
#include "core/base/number_text.hpp"
#include "core/base/secret.hpp"

#include <array>
#include <doctest/doctest.h>

namespace davy {

TEST_CASE("untrusted text cannot break a line, colour a terminal or reverse it") {
  CHECK(printable("a\nb\r\x1b[31m") == "a\\nb\\r\\x1b[31m");
  CHECK(printable("\xff ok") == "\\xff ok");
  CHECK(printable("caf\xc3\xa9") == "caf\xc3\xa9");
  CHECK(printable("\xe2\x80\xae"
                  "evil") == "\\u202eevil");
  CHECK(printable(std::string(300, 'x'), 10) == "xxxxxxxxxx...");
}

TEST_CASE("UTF-8 is checked as RFC 3629 says") {
  CHECK(is_utf8("plain"));
  CHECK(is_utf8("\xf0\x9f\x94\xa5"));
  CHECK_FALSE(is_utf8("\xc0\xaf"));          // overlong
  CHECK_FALSE(is_utf8("\xed\xa0\x80"));      // surrogate
  CHECK_FALSE(is_utf8("\xf4\x90\x80\x80"));  // beyond U+10FFFF
  CHECK_FALSE(is_utf8("\xe2\x82"));          // cut short
}

TEST_CASE("a typo finds the word that was meant") {
  constexpr std::array<std::string_view, 3> words{"baseline", "canary", "checks"};
  CHECK(nearest("canry", words) == "canary");
  CHECK(nearest("basline", words) == "baseline");
  CHECK(nearest("check", words) == "checks");
  CHECK_FALSE(nearest("rollback", words).has_value());
}

TEST_CASE("numbers are written for sentences") {
  CHECK(to_count(41900) == "41,900");
  CHECK(to_count(999) == "999");
  CHECK(to_percent(0.0312) == "3.1%");
  CHECK(to_percent(0.5) == "50.0%");
  CHECK(to_percent(1) == "100%");
  CHECK(to_percent(0.00042) == "0.042%");
  CHECK(to_percent(0) == "0%");
  CHECK(to_points(0.005) == "0.5pp");
  CHECK(to_latency(0.8) == "800ms");
  CHECK(to_latency(2.5) == "2.5s");
}

TEST_CASE("lists are spoken") {
  const std::vector<std::string> words{"a", "b", "c"};
  CHECK(join_spoken(words) == "a, b and c");
  CHECK(counted(1, "request") == "1 request");
  CHECK(counted(20, "request") == "20 requests");
}

TEST_CASE("instants are written as RFC 3339") {
  CHECK(to_rfc3339(WallTime{std::chrono::milliseconds(1714564800250)}) == "2024-05-01T12:00:00.250Z");
}

TEST_CASE("secrets compare by content, whatever their length") {
  CHECK(equal_in_constant_time("token", "token"));
  CHECK_FALSE(equal_in_constant_time("token", "tokem"));
  CHECK_FALSE(equal_in_constant_time("token", "toke"));
}

TEST_CASE("what GitHub's runner would obey and what XML cannot hold is escaped") {
  CHECK(printable("a ##[error]b") == "a ##\\x5berror]b");
  CHECK(printable("#[x] [y]") == "#[x] [y]");
  CHECK(printable("\xEF\xBF\xBE\xEF\xBF\xBD") == "\\ufffe\xEF\xBF\xBD");
}

}  // namespace davy
