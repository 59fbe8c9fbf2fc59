#pragma once

// The policies that a command line names: files, and folders of them.

#include <string>
#include <vector>

namespace davy::app {

// Of a folder, the *.yaml and *.yml in it, by name; what begins with a dot is left out, since a mounted
// ConfigMap keeps its own files so.
std::vector<std::string> policy_files(const std::vector<std::string>& named);

}  // namespace davy::app
