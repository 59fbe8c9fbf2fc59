#include "config/environment.hpp"

#include "tests/support/section_text.hpp"

#include <doctest/doctest.h>

namespace davy::config {
namespace {

const Environment variables = test::environment_of({{"HOST", "10.0.0.7"}, {"EMPTY", ""}});

std::string expand(std::string_view text) { return expand_variables(text, variables).value(); }
std::string refuse(std::string_view text) { return expand_variables(text, variables).error().message(); }

}  // namespace

TEST_CASE("variables and their defaults are replaced") {
  CHECK(expand("http://${HOST}:9090/") == "http://10.0.0.7:9090/");
  CHECK(expand("${PORT:-9090}") == "9090");
  CHECK(expand("${EMPTY:-x}") == "x");
  CHECK(expand("${EMPTY}").empty());
  CHECK(expand("${PORT:-}").empty());
  CHECK(expand("a$$b") == "a$b");
  CHECK(expand("$${HOST}") == "${HOST}");
}

TEST_CASE("a dollar before anything else stays") {
  CHECK(expand("5..$") == "5..$");
  CHECK(expand("$1 $HOST") == "$1 $HOST");
}

TEST_CASE("C07 a variable that is not set is an error and never an empty text") {
  CHECK(refuse("${PORT}") ==
        "the environment variable PORT is not set; set it, or give a default: ${PORT:-default}");
  CHECK(refuse("${HOST").find("never closed") != std::string::npos);
  CHECK(refuse("${}").find("not the name of a variable") != std::string::npos);
  CHECK(refuse("${A-B}").find("not the name of a variable") != std::string::npos);
}

}  // namespace davy::config
