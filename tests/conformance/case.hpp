#pragma once

// One case of an exposition suite: SUITE/NNN.input, and beside it SUITE/NNN.expected.json which says the
// format, whether it is to be accepted, and where known the samples.

#include <filesystem>
#include <string>
#include <vector>

namespace davy::conformance {

struct Case {
  std::string name;  // SUITE/NNN
  std::filesystem::path input;
  std::filesystem::path expected;
};

// All cases under a folder, sorted by name.
std::vector<Case> find_cases(const std::filesystem::path& folder);

// What differs, one line each; empty when we agree. Throws std::runtime_error when the case itself cannot be
// read.
std::vector<std::string> differences(const Case& test);

std::string read_bytes(const std::filesystem::path& file);

}  // namespace davy::conformance
