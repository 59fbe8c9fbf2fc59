#include "tests/support/section_text.hpp"

#include <chrono>
#include <doctest/doctest.h>

namespace davy::config {
namespace {

// The first line of what is said about a text that must be refused, in little time.
std::string refuse(std::string text) {
  const auto start = std::chrono::steady_clock::now();
  const LoadedYaml loaded = load_yaml(std::move(text), "bomb.yaml", empty_environment());
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
  CHECK(loaded.problems->has_errors());
  CHECK_FALSE(loaded.root.has_value());
  const std::string all = loaded.problems->to_text();
  return all.substr(0, all.find('\n'));
}

std::string repeated(const std::string& piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

}  // namespace

TEST_CASE("a file of 2 MiB is refused before it is parsed") {
  CHECK(refuse("a: " + std::string(std::size_t{2} << 20U, 'x')) ==
        "bomb.yaml: error: larger than 1048576 bytes; a policy is a few kilobytes");
}

TEST_CASE("an alias bomb is refused") {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" +
            repeated("*a" + std::to_string(i - 1) + ", ", 9) + "]\n";
  }
  CHECK(refuse(text).find("more than 100000 values once aliases are expanded") != std::string::npos);
}

TEST_CASE("an alias bomb of long texts is refused") {
  const std::string text = "a: &a " + std::string(500'000, 'x') + "\nb: [" + repeated("*a, ", 50) + "]\n";
  CHECK(refuse(text).find("more than 4194304 bytes once aliases") != std::string::npos);
}

TEST_CASE("a cycle is refused") {
  CHECK(refuse("a: &a [*a]\n").find("bomb.yaml:1:8: error: this alias contains itself") == 0);
  CHECK(refuse("&r a: &x {b: *x}\n").find("this alias contains itself") != std::string::npos);
}

TEST_CASE("deep nesting is refused") {
  CHECK(refuse("a: " + std::string(65, '[') + std::string(65, ']')).find("more than 64 levels") !=
        std::string::npos);
  CHECK(refuse("a: " + std::string(500'000, '[')).find("error") != std::string::npos);
  CHECK(refuse("a: " + std::string(500'000, '{')).find("error") != std::string::npos);
  CHECK(load_yaml("a: " + std::string(60, '[') + std::string(60, ']'), "f", empty_environment())
            .root.has_value());
}

TEST_CASE("a very long list within the size limit is refused") {
  CHECK(refuse("a: [" + repeated("1,", 400'000) + "]").find("more than 100000 values") != std::string::npos);
}

TEST_CASE("tags and merge keys and several documents are refused") {
  CHECK(refuse("a: !!python/object x\n").find("is not allowed; write the plain value") != std::string::npos);
  CHECK(refuse("a: !!str x\n").find("is not allowed") != std::string::npos);
  CHECK(refuse("b: &b {x: 1}\na:\n  <<: *b\n").find("merge keys (<<) are not supported") !=
        std::string::npos);
  CHECK(refuse("a: 1\n---\nb: 2\n").find("bomb.yaml:3:1: error: a second document begins here") == 0);
}

TEST_CASE("C01 what is not YAML is refused with its place") {
  CHECK(refuse("a:\n\tb: 1\n").find("bomb.yaml:2:") == 0);
  CHECK(refuse("").find("the file is empty") != std::string::npos);
  CHECK(refuse("# only a comment\n").find("the file is empty") != std::string::npos);
  CHECK(refuse("---\n").find("the file is empty") != std::string::npos);
  CHECK(refuse("just text\n").find("expected keys and values, found a plain value") != std::string::npos);
  CHECK(refuse("- a\n").find("expected keys and values, found a list") != std::string::npos);
  CHECK(refuse("a: \"open\n").find("this quote is never closed") != std::string::npos);
  CHECK(refuse("a: &x 'open\nb: 2\n").find("this quote is never closed") != std::string::npos);
  CHECK(test::section_of("a: 'it''s'\nb: \"\\\"\"\n").text("a") == "it's");
  CHECK(refuse("ok: 1\na: caf\xE9\n").find("bomb.yaml:2:7: error: this line is not UTF-8") == 0);
  CHECK(refuse("a: x\x01y\n").find("bomb.yaml:1:5: error: control character 0x01") == 0);
  CHECK(refuse(std::string("a: x\0y\n", 7)).find("control character 0x00") != std::string::npos);
}

TEST_CASE("a byte order mark and CRLF lines are read") {
  const Section in = test::section_of(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: x y\r\n");
  CHECK(in.text("a") == "1");
  CHECK(in.text("b") == "x y");
}

}  // namespace davy::config
