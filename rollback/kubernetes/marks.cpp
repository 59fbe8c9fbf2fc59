#include "rollback/kubernetes/marks.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace davy::rollback {
namespace json = boost::json;

std::string mark_at(const Annotations& annotations, const std::string& key) {
  const auto found = annotations.find(key);
  return found == annotations.end() ? std::string() : found->second;
}

std::vector<std::string> hashes_at(const Annotations& annotations, const std::string& key) {
  const std::string text = mark_at(annotations, key);
  std::vector<std::string> hashes;
  for (const std::string_view hash : split(text, ',')) {
    if (!trim(hash).empty()) hashes.emplace_back(trim(hash));
  }
  return hashes;
}

std::string with_hash(const Annotations& annotations, const std::string& key, const std::string& hash) {
  std::vector<std::string> hashes = hashes_at(annotations, key);
  std::erase(hashes, hash);
  hashes.insert(hashes.begin(), hash);
  if (hashes.size() > marks_kept) hashes.resize(marks_kept);
  return join(hashes, ",");
}

std::string annotation_path(std::string_view key) {
  std::string path = "/metadata/annotations/";
  for (const char c : key) {
    if (c == '/') {
      path += "~1";
    } else if (c == '~') {
      path += "~0";
    } else {
      path += c;
    }
  }
  return path;
}

void add_operation(json::array& patch, std::string_view op, std::string path, json::value value) {
  patch.push_back(json::object{{"op", op}, {"path", path}, {"value", std::move(value)}});
}

void annotate(json::array& patch, const Annotations& annotations, const std::string& key,
              const std::string& value) {
  const bool first =
      annotations.empty() && std::none_of(patch.begin(), patch.end(), [](const json::value& operation) {
        return operation.at("path").as_string().starts_with("/metadata/annotations");
      });
  if (first) {
    // Null: there are none, still. Those that somebody else has made meanwhile would be gone.
    add_operation(patch, "test", "/metadata/annotations", nullptr);
    add_operation(patch, "add", "/metadata/annotations", json::object());
  }
  add_operation(patch, "add", annotation_path(key), json::value(value));
}

}  // namespace davy::rollback
