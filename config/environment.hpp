#pragma once

// ${VAR}, ${VAR:-default} and $$ in the values of a configuration file.
//
// A variable that is not set and has no default is an error, never an empty string. As in a shell, the
// default also replaces a variable that is set and empty. A $ before anything else stays: regular expressions
// end in it.

#include "core/base/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace davy::config {

// The value of a variable, or nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

Environment process_environment();
Environment empty_environment();

Result<std::string> expand_variables(std::string_view text, const Environment& environment);

}  // namespace davy::config
