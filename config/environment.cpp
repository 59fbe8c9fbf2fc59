#include "config/environment.hpp"

#include "core/base/text.hpp"

#include <cstdlib>
#include <fmt/format.h>

namespace davy::config {
namespace {

bool is_variable_name(std::string_view name) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  return name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") ==
         std::string_view::npos;
}

// `inside` is what stands between the braces.
Result<std::string> value_of(std::string_view inside, const Environment& environment) {
  const std::size_t split = inside.find(":-");
  const std::string name(inside.substr(0, split));
  if (!is_variable_name(name)) {
    return Error(
        ErrorKind::invalid,
        fmt::format("'{}' is not the name of a variable; write ${{NAME}} or ${{NAME:-default}}, and $$ for a "
                    "plain $",
                    printable(name, 60)));
  }
  const std::optional<std::string> value = environment(name);
  if (split != std::string_view::npos) {
    return value && !value->empty() ? *value : std::string(inside.substr(split + 2));
  }
  if (value) return *value;
  return Error(
      ErrorKind::invalid,
      fmt::format("the environment variable {0} is not set; set it, or give a default: ${{{0}:-default}}",
                  name));
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

Environment empty_environment() {
  return [](const std::string&) -> std::optional<std::string> { return std::nullopt; };
}

Result<std::string> expand_variables(std::string_view text, const Environment& environment) {
  std::string out;
  while (true) {
    const std::size_t dollar = text.find('$');
    out += text.substr(0, dollar);
    if (dollar == std::string_view::npos) return out;
    text.remove_prefix(dollar + 1);
    if (text.starts_with('$')) {
      out += '$';
      text.remove_prefix(1);
    } else if (text.starts_with('{')) {
      const std::size_t close = text.find('}');
      if (close == std::string_view::npos) {
        return Error(ErrorKind::invalid, "this ${ is never closed; write ${NAME}, or $${ for a plain ${");
      }
      Result<std::string> value = value_of(text.substr(1, close - 1), environment);
      if (!value) return value.error();
      out += *value;
      text.remove_prefix(close + 1);
    } else {
      out += '$';
    }
  }
}

}  // namespace davy::config
