#pragma once

// Test vectors of the judge's mathematics: one JSON object each, with inputs and the numbers they must give.

#include <boost/json/object.hpp>
#include <optional>
#include <string>

namespace davy::vectors {

// What does not agree, or nothing. Throws std::exception on a vector that cannot be read.
std::optional<std::string> mismatch(const boost::json::object& vector);

}  // namespace davy::vectors
