#pragma once

// From YAML to a Policy, or to every problem that stands in the way, all at once.

#include "config/policy.hpp"

#include <memory>
#include <optional>
#include <string>

namespace davy::config {

struct LoadedPolicy {
  std::shared_ptr<Problems> problems;  // never null; may hold warnings beside a policy
  std::optional<Policy> policy;        // only when there is no error
  std::optional<Section> root;         // of the file, where it could be read as a tree
};

// `file` is the name that problems show.
LoadedPolicy load_policy(std::string text, std::string file, const Environment& environment);

// The same from disk. A file that cannot be read is a problem like any other.
LoadedPolicy load_policy_file(const std::string& path, const Environment& environment);

}  // namespace davy::config
