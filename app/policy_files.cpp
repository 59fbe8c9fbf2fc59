#include "app/policy_files.hpp"

#include <algorithm>
#include <filesystem>

namespace davy::app {

std::vector<std::string> policy_files(const std::vector<std::string>& named) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const std::string& place : named) {
    if (!fs::is_directory(place)) {
      files.push_back(place);
      continue;
    }
    std::vector<std::string> inside;
    for (const fs::directory_entry& entry : fs::directory_iterator(place)) {
      const std::string extension = entry.path().extension().string();
      const bool hidden = entry.path().filename().string().starts_with('.');
      if (!hidden && (extension == ".yaml" || extension == ".yml")) inside.push_back(entry.path().string());
    }
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

}  // namespace davy::app
