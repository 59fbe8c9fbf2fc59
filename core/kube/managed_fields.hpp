#pragma once

// Who wrote what, as metadata.managedFields has it. Pure.

#include "core/kube/fields.hpp"

#include <string>
#include <vector>

namespace davy::kube {

// Whoever wrote fields of the spec, newest first.
std::vector<std::string> spec_writers(const boost::json::object& object);

// Who wrote this field last; empty when nobody owns it. The path in the words of fieldsV1: {"f:spec",
// "f:rules"}.
std::string last_writer(const boost::json::object& object, Path path);

}  // namespace davy::kube
