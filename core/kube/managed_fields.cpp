#include "core/kube/managed_fields.hpp"

#include <algorithm>

namespace davy::kube {
namespace json = boost::json;
namespace {

std::vector<std::string> writers(const json::object& object, Path path) {
  std::vector<std::pair<std::string, std::string>> dated;
  for (const json::value& entry : array_at(object, {"metadata", "managedFields"})) {
    if (!entry.is_object() || !text_at(entry.get_object(), {"subresource"}).empty()) continue;
    if (find(object_at(entry.get_object(), {"fieldsV1"}), path) == nullptr) continue;
    dated.emplace_back(text_at(entry.get_object(), {"time"}), text_at(entry.get_object(), {"manager"}));
  }
  std::sort(dated.rbegin(), dated.rend());
  std::vector<std::string> names;
  for (auto& [time, name] : dated) names.push_back(std::move(name));
  return names;
}

}  // namespace

std::vector<std::string> spec_writers(const json::object& object) { return writers(object, {"f:spec"}); }

std::string last_writer(const json::object& object, Path path) {
  const auto names = writers(object, path);
  return names.empty() ? std::string() : names.front();
}

}  // namespace davy::kube
