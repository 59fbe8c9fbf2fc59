#pragma once

// A Section from text written in a test.

#include "config/section.hpp"

#include <doctest/doctest.h>
#include <map>
#include <string>

namespace davy::test {

inline config::Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

inline config::Section section_of(std::string yaml,
                                  const config::Environment& environment = config::empty_environment()) {
  config::LoadedYaml loaded = config::load_yaml(std::move(yaml), "test.yaml", environment);
  INFO(loaded.problems->to_text());
  REQUIRE(loaded.root.has_value());
  return *loaded.root;
}

}  // namespace davy::test
