#pragma once

// What Davy remembers on a workload itself, as annotations, so that it survives Davy:
//
//   davy/decision     id of the last action of ours that took effect
//   davy/restored     hash of the template that it brought back
//   davy/rolled-back  hashes that were rolled back, newest first: never gone back to
//   davy/judging      hash of the release that is (or was, without a good end) under watch
//   davy/good         hashes that passed, or served before the first release that was watched, newest first
//   davy/paced        the release for whose sake the deployment is paused

#include <boost/json/array.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace davy::rollback {

using Annotations = std::map<std::string, std::string>;

inline constexpr std::size_t marks_kept = 10;

std::vector<std::string> hashes_at(const Annotations& annotations, const std::string& key);
// With `hash` in front, once, at most marks_kept of them.
std::string with_hash(const Annotations& annotations, const std::string& key, const std::string& hash);
std::string mark_at(const Annotations& annotations, const std::string& key);

// One operation of a JSON patch. `path` is complete and escaped.
void add_operation(boost::json::array& patch, std::string_view op, std::string path,
                   boost::json::value value);
// Sets an annotation; the object must have some already, or `annotations` be empty.
void annotate(boost::json::array& patch, const Annotations& annotations, const std::string& key,
              const std::string& value);

// "/metadata/annotations/davy~1decision".
std::string annotation_path(std::string_view key);

}  // namespace davy::rollback
