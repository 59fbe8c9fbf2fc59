#include "app/doctor/place_examination.hpp"

#include "config/section.hpp"
#include "core/base/text.hpp"
#include "core/model/check.hpp"
#include "core/net/http_client.hpp"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace davy::app::doctor {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t room_bytes_min = 64U << 20;

bool is_runnable(const fs::path& program) {
  std::error_code ec;
  return fs::is_regular_file(program, ec) && access(program.c_str(), X_OK) == 0;
}

Diagnosis examine_secret(const std::string& subject, const std::string& key, const std::string& value,
                         bool is_file) {
  const auto secret = is_file ? net::read_secret(value, "") : net::read_secret("", value);
  if (!secret)
    return {Level::failure, subject, fmt::format("{}: {}", key, secret.error().message()),
            is_file ? fmt::format("create {}, or correct {}", value, key)
                    : fmt::format("set {} where Davy runs", value)};
  return {Level::ok, subject, fmt::format("{} {} is there", key, value), ""};
}

}  // namespace

Diagnosis examine_place(const std::string& subject, const std::string& path) {
  std::error_code ec;
  fs::path place = fs::absolute(path, ec);
  while (!fs::exists(place, ec) && place.has_relative_path()) place = place.parent_path();
  const std::string exists = place.string();
  if (!fs::is_directory(place, ec) && exists != fs::absolute(path, ec).string())
    return {Level::failure, subject, fmt::format("{} cannot be made: {} is no folder", path, exists), ""};
  if (access(exists.c_str(), W_OK) != 0)
    return {Level::failure, subject, fmt::format("{} cannot be written: no right to write {}", path, exists),
            fmt::format("try: ls -ld {}", exists)};
  const fs::space_info space = fs::space(place, ec);
  const std::string room = ec ? "unknown" : to_text(static_cast<double>(space.available), Unit::bytes);
  if (!ec && space.available < room_bytes_min)
    return {Level::warning, subject, fmt::format("{} can be written, and has only {} left", path, room),
            fmt::format("make room: df -h {}", exists)};
  return {Level::ok, subject, fmt::format("{} can be written; {} free", path, room), ""};
}

Diagnosis examine_program(const std::string& subject, const std::string& program) {
  if (program.find('/') != std::string::npos) {
    std::error_code ec;
    if (is_runnable(program)) return {Level::ok, subject, program + " can be run", ""};
    const bool there = fs::exists(program, ec);
    return {Level::failure, subject,
            fmt::format("{} {}", program, there ? "is not an executable file" : "does not exist"),
            there ? "chmod +x " + program : "install it where Davy runs, or correct argv"};
  }
  const char* path = std::getenv("PATH");
  const std::string folders = path == nullptr ? "/usr/bin:/bin" : path;
  for (const std::string_view folder : split(folders, ':')) {
    if (folder.empty()) continue;
    const fs::path candidate = fs::path(folder) / program;
    if (is_runnable(candidate))
      return {Level::ok, subject, fmt::format("{} is {}", program, candidate.string()), ""};
  }
  return {Level::failure, subject, fmt::format("{} is in no folder of PATH", program),
          "write its whole path, and install it where Davy runs"};
}

Diagnoses examine_secrets(const std::string& subject, const config::Section& section) {
  Diagnoses found;
  for (const std::string& key : section.keys()) {
    if (key == "headers" || key == "http_headers") continue;  // names of others
    if (section.is_section(key)) {
      if (const auto inner = section.section(key)) append(found, examine_secrets(subject, *inner));
      continue;
    }
    const bool is_file = key.ends_with("_file"), is_variable = key.ends_with("_env");
    if (!is_file && !is_variable) continue;
    if (const auto value = section.text(key)) found.push_back(examine_secret(subject, key, *value, is_file));
  }
  return found;
}

}  // namespace davy::app::doctor
