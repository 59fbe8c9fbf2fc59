// davy-judge-vectors FILE: holds the judge's mathematics against vectors computed elsewhere in higher
// precision. Exit code 0 exactly when all agree, 1 when one does not, 2 when the file cannot be used.

#include "tests/judge_vectors/kinds.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <exception>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <string_view>

namespace {

namespace json = boost::json;

// A vector that cannot be read is a mismatch too: nothing is passed over.
std::string checked(const json::value& vector) {
  try {
    return davy::vectors::mismatch(vector.as_object()).value_or("");
  } catch (const std::exception& error) {
    return fmt::format("cannot be read: {}", error.what());
  }
}

std::string name_of(const json::value& vector, std::size_t position) {
  const json::object* const object = vector.if_object();
  if (object == nullptr || !object->contains("id") || !object->contains("kind"))
    return fmt::format("vector {} of the file", position);
  return fmt::format("{} ({})", json::serialize(object->at("id")), json::serialize(object->at("kind")));
}

int check(const char* path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(fmt::format("cannot open {}", path));
  std::stringstream text;
  text << file.rdbuf();
  const json::value document = json::parse(text.str());
  const json::array& vectors = document.is_array() ? document.as_array() : document.at("vectors").as_array();
  std::size_t mismatches = 0, position = 0;
  for (const json::value& vector : vectors) {
    const std::string difference = checked(vector);
    ++position;
    if (difference.empty()) continue;
    ++mismatches;
    fmt::print("{}: {}\n", name_of(vector, position), difference);
  }
  fmt::print("{} vectors, {} mismatches\n", vectors.size(), mismatches);
  return mismatches == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int unusable = 2;
  constexpr int skipped = 77;
  const bool skip_absent = argc == 3 && std::string_view(argv[1]) == "--skip-absent";
  if (argc != 2 && !skip_absent) {
    fmt::print(stderr, "usage: davy-judge-vectors [--skip-absent] FILE.json\n");
    return unusable;
  }
  const char* const path = argv[argc - 1];
  if (skip_absent && !std::filesystem::exists(path)) {
    fmt::print("skipped: {} is not here\n", path);
    return skipped;
  }
  try {
    return check(path);
  } catch (const std::exception& error) {
    fmt::print(stderr, "davy-judge-vectors: {}: {}\n", path, error.what());
    return unusable;
  }
}
