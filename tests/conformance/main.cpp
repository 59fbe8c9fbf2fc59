// davy-conformance: do the exposition parsers agree with the suites and read the dumps that others have
// written?

#include "tests/conformance/case.hpp"
#include "tests/conformance/dump.hpp"

#include <CLI/CLI.hpp>
#include <exception>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <string>

namespace {

using namespace davy::conformance;

constexpr int skipped = 77;  // what ctest is told by SKIP_RETURN_CODE

// "suite/number reason", one a line; "#" starts a comment.
std::map<std::string, std::string> read_known(const std::string& file) {
  std::map<std::string, std::string> known;
  if (file.empty()) return known;
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("cannot read " + file);
  for (std::string line; std::getline(stream, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t blank = line.find(' ');
    known[line.substr(0, blank)] = blank == std::string::npos ? "" : line.substr(blank + 1);
  }
  return known;
}

int check_cases(const std::vector<Case>& cases, const std::map<std::string, std::string>& known) {
  int mismatches = 0;
  for (const Case& test : cases) {
    const std::vector<std::string> found = differences(test);
    const auto reason = known.find(test.name);
    if (reason != known.end()) {
      fmt::print(
          "{}: {}\n", test.name,
          found.empty() ? "known, but it agrees now: take it off the list" : "known: " + reason->second);
      continue;
    }
    if (found.empty()) continue;
    ++mismatches;
    for (const std::string& difference : found) fmt::print("{}: {}\n", test.name, difference);
  }
  fmt::print("{} cases, {} mismatches\n", cases.size(), mismatches);
  return mismatches == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Compares Davy's exposition parsers with suites of cases, or reads dumps.");
  std::string place;
  std::string known_file;
  bool skip_absent = false;
  app.add_option("place", place, "a folder of cases, a folder of dumps, or one dump")->required();
  app.add_option("--known", known_file, "cases that are known to differ, with the reason");
  app.add_flag("--skip-absent", skip_absent, "exit with 77 when the place does not exist");
  CLI11_PARSE(app, argc, argv);
  try {
    if (!std::filesystem::exists(place)) {
      fmt::print("{} does not exist; nothing is compared\n", place);
      return skip_absent ? skipped : 2;
    }
    if (std::filesystem::is_directory(place)) {
      const std::vector<Case> cases = find_cases(place);
      if (!cases.empty()) return check_cases(cases, read_known(known_file));
    }
    return check_dumps(place) == 0 ? 0 : 1;
  } catch (const std::exception& failure) {
    fmt::print(stderr, "davy-conformance: {}\n", failure.what());
    return 2;
  }
}
