#include "core/base/duration_text.hpp"

#include <doctest/doctest.h>

namespace davy {
using namespace std::chrono_literals;

TEST_CASE("durations are read in Prometheus' grammar") {
  CHECK(parse_duration("500ms").value() == 500ms);
  CHECK(parse_duration("1h30m").value() == 90min);
  CHECK(parse_duration("0").value() == 0ns);
  CHECK(parse_duration("1d").value() == 24h);
  CHECK(parse_duration("2s500ms").value() == 2500ms);
}

TEST_CASE("what is not a duration is refused") {
  for (const char* text :
       {"", "5", "s", "-5s", "5 s", "5m1h", "5s5s", "1.5s", "99999999999y", "5x", "1e3s"}) {
    CAPTURE(text);
    CHECK(parse_duration(text).has_error());
  }
}

TEST_CASE("durations are written so that they read back") {
  for (const Duration d : {Duration{0}, Duration{90min}, Duration{2500ms}, Duration{25h}, Duration{1ms}}) {
    CHECK(parse_duration(to_text(d)).value() == d);
  }
  CHECK(to_text(90min) == "1h30m");
}

TEST_CASE("durations are spoken as a person would") {
  CHECK(to_spoken(850ms) == "850 ms");
  CHECK(to_spoken(35s) == "35 s");
  CHECK(to_spoken(250s) == "4 min 10 s");
  CHECK(to_spoken(125min) == "2 h 5 min");
  CHECK(to_spoken(-35s) == "-35 s");
}

TEST_CASE("no number of seconds is too large to become a duration and none too long to be spoken") {
  CHECK(from_seconds(1e30) == from_seconds(-1e30) * -1);
  CHECK(from_seconds(1e30) > 24h * 365 * 99);
  CHECK(to_spoken(Duration::min()) == "-" + to_spoken(Duration::max()));
}

}  // namespace davy
