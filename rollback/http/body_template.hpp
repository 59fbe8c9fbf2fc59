#pragma once

// {{name}} in a request body becomes the value, escaped for the inside of a JSON string. No logic, no files,
// no environment: whoever controls a label cannot write anything but a string's content.

#include "core/base/result.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace davy::rollback {

using TemplateValues = std::map<std::string, std::string>;

// Errors: invalid, naming a placeholder that is not in `values` and the ones that are.
Result<std::string> fill_json_template(std::string_view text, const TemplateValues& values);
// The same with nothing escaped, for one argument of a program that is run without a shell.
Result<std::string> fill_plain_template(std::string_view text, const TemplateValues& values);

// The content of a JSON string, without its quotes.
std::string json_escaped(std::string_view text);

}  // namespace davy::rollback
