#include "app/progress_screen.hpp"

#include "app/display_text.hpp"
#include "core/base/text.hpp"

#include <doctest/doctest.h>

namespace davy::app {
namespace {

Finding finding(const std::string& name, Outcome outcome) {
  Finding f;
  f.check = name;
  f.outcome = outcome;
  f.canary = {0.031, 4120};
  f.baseline = {0.004, 41900};
  f.limit = 0.008;
  f.evidence = 0.5;
  f.sentence = name + ": canary 3.1% of 4,120 requests";
  return f;
}

GuardSnapshot snapshot(std::vector<Finding> findings) {
  GuardSnapshot s;
  s.service = "checkout";
  s.release = "r1";
  s.revision = "4f2c";
  s.phase = Phase::suspecting;
  s.elapsed_s = 100;
  s.window_s = 600;
  s.verdict = Verdict{};
  s.verdict->findings = std::move(findings);
  return s;
}

}  // namespace

TEST_CASE("the screen says which release where it stands how long and a line a check") {
  const auto lines = progress_screen(snapshot({finding("errors", Outcome::breach)}), {200, 24}, false);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "checkout r1 (4f2c)  suspecting  8 min 20 s left");
  CHECK(lines[1] ==
        "errors  canary 3.1% of 4,120     baseline 0.4% of 41,900    limit 0.8%     [#####.....]  errors: "
        "canary 3.1% "
        "of 4,120 requests");
}

TEST_CASE("no line is wider than the terminal and none is cut inside a character") {
  std::string name = "l\xC3\xA4\xC3\x9Ft \xE5\xAD\x97\xE5\xAD\x97 \xF0\x9F\x94\xA5 e\xCC\x81\x1b[2J\r\n\xff";
  for (int i = 0; i < 6; ++i) name += name;
  GuardSnapshot s = snapshot({finding(name, Outcome::breach), finding("b", Outcome::healthy)});
  s.service = s.release = s.revision = name;
  s.targets.push_back({"u", "canary", false, {}, 0, 0, name});
  s.timeline.push_back({{}, 1, "verdict", name});
  for (std::size_t columns = 1; columns < 150; ++columns) {
    for (const std::string& line : progress_screen(s, {columns, 24}, false)) {
      CHECK(display_width(line) <= columns);
      CHECK(is_utf8(line));
      CHECK(line.find_first_of("\x1b\r\n") == line.npos);
    }
  }
}

TEST_CASE("more checks than rows are counted and the screen never scrolls") {
  const auto lines =
      progress_screen(snapshot(std::vector<Finding>(50, finding("c", Outcome::healthy))), {80, 10}, false);
  REQUIRE(lines.size() == 10);
  CHECK(lines.back() == "and 42 more");
}

TEST_CASE("colours are there when they are wanted and end with their line") {
  const auto lines = progress_screen(snapshot({finding("errors", Outcome::breach)}), {80, 24}, true);
  CHECK(lines[0].starts_with("\x1b[33m"));
  CHECK(lines[1].starts_with("\x1b[31m"));
  for (const std::string& line : lines) CHECK(line.ends_with("\x1b[0m"));
}

TEST_CASE("wide characters take two columns and combining ones none") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("\xE5\xAD\x97") == 2);
  CHECK(display_width("e\xCC\x81") == 1);
  CHECK(fitted("\xE5\xAD\x97\xE5\xAD\x97\xE5\xAD\x97", 4) == "\xE5\xAD\x97\xE2\x80\xA6");
  CHECK(padded("ab", 4) == "ab  ");
  CHECK(fitted("abc", 0) == "");
}

}  // namespace davy::app
