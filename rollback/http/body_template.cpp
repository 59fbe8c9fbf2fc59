#include "rollback/http/body_template.hpp"

#include "core/base/text.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace davy::rollback {
namespace {

Result<std::string> fill(std::string_view text, const TemplateValues& values,
                         std::string (*encode)(std::string_view)) {
  std::string out;
  while (true) {
    const std::size_t open = text.find("{{");
    out += text.substr(0, open);
    if (open == std::string_view::npos) return out;
    const std::size_t close = text.find("}}", open);
    if (close == std::string_view::npos) return Error(ErrorKind::invalid, "a {{ is never closed with }}");
    const std::string name(trim(text.substr(open + 2, close - open - 2)));
    const auto value = values.find(name);
    if (value == values.end()) {
      std::vector<std::string> known;
      for (const auto& [key, ignored] : values) known.push_back(key);
      return Error(ErrorKind::invalid, fmt::format("{{{{{}}}}} is not known; there are {}",
                                                   printable(name, 40), join_spoken(known)));
    }
    out += encode(value->second);
    text.remove_prefix(close + 2);
  }
}

std::string as_it_is(std::string_view text) { return std::string(text); }

}  // namespace

std::string json_escaped(std::string_view text) {
  const std::string quoted_text = boost::json::serialize(boost::json::string_view(text.data(), text.size()));
  return quoted_text.substr(1, quoted_text.size() - 2);
}

Result<std::string> fill_json_template(std::string_view text, const TemplateValues& values) {
  return fill(text, values, json_escaped);
}

Result<std::string> fill_plain_template(std::string_view text, const TemplateValues& values) {
  return fill(text, values, as_it_is);
}

}  // namespace davy::rollback
