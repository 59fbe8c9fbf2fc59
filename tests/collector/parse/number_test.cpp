#include "collector/parse/number.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>

using namespace davy::collector;

TEST_CASE("numbers are decimal and nothing else") {
  CHECK(parse_number("0", Overflow::refuse) == 0.0);
  CHECK(parse_number("+1", Overflow::refuse) == 1.0);
  CHECK(parse_number("-12.5e-1", Overflow::refuse) == -1.25);
  CHECK(parse_number("999999999999999", Overflow::refuse) == 999999999999999.0);
  CHECK(parse_number("9007199254740993", Overflow::refuse) == 9007199254740992.0);
  CHECK(parse_number("0.1", Overflow::refuse) == 0.1);
  CHECK(parse_number("1e-400", Overflow::refuse) == 0.0);
  CHECK(std::signbit(*parse_number("-0", Overflow::refuse)));
  for (const char* text : {"", "+", "-", ".", "e5", "1e", "1e+", "0x10", "1_000", "1,5", " 1", "1 ", "--1",
                           "+-1", "nan1", "infi", "1f", "NaN(1)", "-nan"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(text, Overflow::refuse).has_value());
  }
}

TEST_CASE("the special values are read in any case") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(std::isnan(*parse_number("nAn", Overflow::refuse)));
  CHECK(parse_number("+Inf", Overflow::refuse) == infinity);
  CHECK(parse_number("INFINITY", Overflow::refuse) == infinity);
  CHECK(parse_number("-inf", Overflow::refuse) == -infinity);
}

TEST_CASE("what no double can hold is refused or saturates as asked") {
  CHECK_FALSE(parse_number("1e400", Overflow::refuse).has_value());
  CHECK(parse_number("-1e400", Overflow::saturate) == -std::numeric_limits<double>::infinity());
}
