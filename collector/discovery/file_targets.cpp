#include "collector/discovery/file_targets.hpp"

#include "collector/discovery/target_url.hpp"
#include "config/yaml_tree.hpp"

#include <fmt/format.h>
#include <fstream>
#include <glob.h>
#include <iterator>
#include <sys/stat.h>

namespace davy::collector {
namespace {

using config::YamlNode;

Error misplaced(const YamlNode& node, std::string_view what) {
  return Error(ErrorKind::malformed, fmt::format("line {}: {}", node.at.line + 1, what), "discovery_file");
}

// Exactly `pattern` where it is no glob, so that a missing file can be complained of.
std::vector<std::string> expand(const std::string& pattern) {
  if (pattern.find_first_of("*?[") == std::string::npos) return {pattern};
  std::vector<std::string> out;
  glob_t found{};
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    for (std::size_t i = 0; i < found.gl_pathc; ++i) out.emplace_back(found.gl_pathv[i]);
  }
  ::globfree(&found);
  return out;
}

Result<void> add_group(const YamlNode& group, Side side, const ScrapeSpec& spec, std::vector<Target>& out) {
  if (group.kind != YamlNode::Kind::map)
    return misplaced(group, "a group must be {targets: [...], labels: {...}}");
  Labels labels;
  const YamlNode* places = nullptr;
  for (const config::YamlEntry& entry : group.entries) {
    if (entry.key == "targets" && entry.value->kind == YamlNode::Kind::list) {
      places = entry.value.get();
    } else if (entry.key == "labels" && entry.value->kind != YamlNode::Kind::list) {
      for (const config::YamlEntry& label : entry.value->entries) labels.set(label.key, label.value->text);
    } else {
      return misplaced(*entry.value, "expected targets: [...] and labels: {...}");
    }
  }
  if (places == nullptr) return misplaced(group, "a group without targets");
  for (const config::YamlRef& place : places->items) {
    if (place->kind != YamlNode::Kind::scalar) return misplaced(*place, "a target must be host:port");
    auto target = make_target(place->text, side, spec, labels);
    if (!target) return misplaced(*place, target.error().message());
    out.push_back(std::move(*target));
  }
  return {};
}

}  // namespace

Result<std::vector<Target>> parse_file_sd(std::string_view content, Side side, const ScrapeSpec& spec) {
  std::optional<Error> problem;
  const config::YamlRef root =
      config::read_yaml(content, config::empty_environment(), [&](const config::YamlProblem& p) {
        if (!problem) {
          problem = Error(ErrorKind::malformed, fmt::format("line {}: {}", p.at.line + 1, p.message),
                          "discovery_file");
        }
      });
  if (problem) return *problem;
  std::vector<Target> out;
  if (root == nullptr || root->kind == YamlNode::Kind::empty) return out;
  if (root->kind != YamlNode::Kind::list)
    return misplaced(*root, "expected a list of {targets: [...], labels: {...}}");
  for (const config::YamlRef& group : root->items) {
    if (const auto added = add_group(*group, side, spec, out); !added) return added.error();
  }
  return out;
}

FileTargets::FileTargets(Side side, std::string pattern, ScrapeSpec spec)
    : side_(side), pattern_(std::move(pattern)), spec_(std::move(spec)) {}

std::optional<FileTargets::Stamp> FileTargets::stamp_of(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return Stamp{info.st_dev, info.st_ino, static_cast<std::uint64_t>(info.st_size),
               std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec};
}

void FileTargets::refresh(const std::string& path, File& file) const {
  const auto stamp = stamp_of(path);
  if (stamp && file.stamp == stamp) return;
  file.stamp = stamp;
  std::ifstream stream(path, std::ios::binary);
  if (!stamp || !stream) {
    file.problem = Error(ErrorKind::not_found, path + " cannot be read", "discovery_file");
    return;
  }
  if (stamp->size > config::yaml_bytes_max) {
    file.problem = Error(ErrorKind::over_limit, path + " is larger than 1 MiB", "discovery_file");
    return;
  }
  auto targets = parse_file_sd(std::string(std::istreambuf_iterator<char>(stream), {}), side_, spec_);
  if (!targets) {
    file.problem = targets.error().within(path);
    return;
  }
  file.targets = std::move(*targets);
  file.problem.reset();
}

boost::asio::awaitable<Result<std::vector<Target>>> FileTargets::targets() {
  std::map<std::string, File> files;
  for (const std::string& path : expand(pattern_)) {
    auto known = files_.extract(path);
    File& file = files[path];
    if (!known.empty()) file = std::move(known.mapped());
    refresh(path, file);
  }
  files_ = std::move(files);
  std::vector<Target> out;
  bool any = false;
  for (const auto& [path, file] : files_) {
    if (!file.targets) continue;
    any = true;
    out.insert(out.end(), file.targets->begin(), file.targets->end());
  }
  if (any) co_return out;
  const std::vector<Error> why = problems();
  if (!why.empty()) co_return why.front();
  co_return Error(ErrorKind::not_found, "no file matches " + pattern_, "discovery_file");
}

std::vector<Error> FileTargets::problems() const {
  std::vector<Error> out;
  for (const auto& [path, file] : files_) {
    if (file.problem) out.push_back(*file.problem);
  }
  return out;
}

}  // namespace davy::collector
