// Every bad policy under tests/data/policy/bad gives exactly the message written beside it. After a wanted
// change of messages, DAVY_UPDATE_GOLDEN=1 writes them anew: read each one before it is committed.

#include "config/policy_loader.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace davy::config {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::set<std::filesystem::path> policies(const char* folder) {
  std::set<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(DAVY_TEST_DATA) / "policy" / folder)) {
    if (entry.path().extension() == ".yaml") files.insert(entry.path());
  }
  return files;
}

std::string message_of(const std::filesystem::path& path) {
  const auto loaded = load_policy(read_file(path), path.filename().string(), empty_environment());
  return loaded.policy ? "accepted\n" : loaded.problems->to_text();
}

}  // namespace

TEST_CASE("every bad policy gives exactly the message beside it") {
  const bool update = std::getenv("DAVY_UPDATE_GOLDEN") != nullptr;
  const auto files = policies("bad");
  CHECK(files.size() >= 80);
  for (const auto& file : files) {
    auto beside = file;
    beside.replace_extension(".txt");
    const std::string message = message_of(file);
    if (update) std::ofstream(beside, std::ios::binary) << message;
    CAPTURE(file.filename().string());
    CHECK(message != "accepted\n");
    CHECK(message == read_file(beside));
  }
}

TEST_CASE("every good policy is read without a word") {
  const auto environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "EXPORTER_PORT") return "8405";
    if (name == "HAPROXY_SOCKET") return "/run/haproxy.sock";
    return std::nullopt;
  };
  for (const auto& file : policies("good")) {
    const auto loaded = load_policy(read_file(file), file.filename().string(), environment);
    CAPTURE(file.filename().string());
    CHECK(loaded.problems->to_text() == "");
    CHECK(loaded.policy.has_value());
  }
}

TEST_CASE("a file that is larger than any policy is refused unread") {
  const auto loaded = load_policy(std::string(2 * 1024 * 1024, '#'), "large.yaml", empty_environment());
  CHECK_FALSE(loaded.policy.has_value());
  CHECK(loaded.problems->to_text() ==
        "large.yaml: error: larger than 1048576 bytes; a policy is a few kilobytes\n");
}

TEST_CASE("a file that cannot be read is a problem like any other") {
  const auto loaded = load_policy_file("/nonexistent/policy.yaml", empty_environment());
  CHECK(loaded.problems->to_text().find("cannot be read") != std::string::npos);
}

}  // namespace davy::config
