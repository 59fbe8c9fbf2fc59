// The detection benchmark: how soon a comparison finds a bad canary, and how often it blames a healthy one.

#include "bench/detection/stream_check.hpp"

#include <exception>
#include <fmt/format.h>
#include <string_view>

namespace {

using namespace davy::bench;

constexpr int usage_error = 2;

int check_streams_against(const char* csv_path) {
  const StreamCheck check = check_streams(csv_path);
  for (const std::string& mismatch : check.mismatches) fmt::print("{}\n", mismatch);
  fmt::print("{} scenarios, {} mismatches\n", check.scenarios, check.mismatches.size());
  return check.mismatches.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 3 && std::string_view(argv[1]) == "--check-streams") return check_streams_against(argv[2]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "davy-detection: {}\n", error.what());
    return usage_error;
  }
  fmt::print(stderr, "usage: davy-detection --check-streams FILE.csv\n");
  return usage_error;
}
