#pragma once

// A reflector's copy as a map: what `read` makes of each object, by UID.

#include "core/kube/fields.hpp"
#include "core/kube/reflector.hpp"

#include <map>
#include <string>

namespace davy::collector {

template <class T, class Read>
kube::ReflectorHandler keep_in(std::map<std::string, T>& kept, Read read) {
  const auto put = [&kept, read](const boost::json::object& object) {
    const std::string uid = kube::text_at(object, {"metadata", "uid"});
    if (!uid.empty()) kept.insert_or_assign(uid, read(object));
  };
  kube::ReflectorHandler handler;
  handler.replaced = [&kept, put](const std::vector<boost::json::value>& objects) {
    kept.clear();
    for (const boost::json::value& object : objects) {
      if (object.is_object()) put(object.get_object());
    }
  };
  handler.changed = put;
  handler.removed = [&kept](const boost::json::object& object) {
    kept.erase(kube::text_at(object, {"metadata", "uid"}));
  };
  return handler;
}

}  // namespace davy::collector
