#include "core/kube/fields.hpp"

namespace davy::kube {
namespace json = boost::json;

const json::value* find(const json::object& object, Path path) {
  const json::object* at = &object;
  const json::value* found = nullptr;
  for (const std::string_view key : path) {
    if (at == nullptr) return nullptr;
    found = at->if_contains(key);
    if (found == nullptr) return nullptr;
    at = found->if_object();
  }
  return found;
}

const json::object& object_at(const json::object& object, Path path) {
  static const json::object none;
  const json::value* found = find(object, path);
  return found != nullptr && found->is_object() ? found->get_object() : none;
}

const json::array& array_at(const json::object& object, Path path) {
  static const json::array none;
  const json::value* found = find(object, path);
  return found != nullptr && found->is_array() ? found->get_array() : none;
}

std::string text_at(const json::object& object, Path path) {
  const json::value* found = find(object, path);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::int64_t count_at(const json::object& object, Path path, std::int64_t otherwise) {
  const json::value* found = find(object, path);
  return found != nullptr && found->is_int64() ? found->get_int64() : otherwise;
}

bool true_at(const json::object& object, Path path) {
  const json::value* found = find(object, path);
  return found != nullptr && found->is_bool() && found->get_bool();
}

std::map<std::string, std::string> texts_at(const json::object& object, Path path) {
  std::map<std::string, std::string> texts;
  for (const auto& [key, value] : object_at(object, path)) {
    if (value.is_string()) texts.emplace(key, value.get_string());
  }
  return texts;
}

}  // namespace davy::kube
