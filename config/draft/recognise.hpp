#pragma once

// Which checks a survey is worth: of a known system by its names, of an unknown one by the shape of what it
// exposes.

#include "config/draft/presets.hpp"
#include "config/draft/survey.hpp"

#include <string>
#include <vector>

namespace davy::config::draft {

struct FoundCheck {
  std::string name;
  CheckKind kind = CheckKind::ratio;
  std::string metric;  // as in PresetCheck
  std::string total;
  std::string unit;
};

struct Recognised {
  const Preset* preset = nullptr;      // null: not a known system
  const Exporter* exporter = nullptr;  // it describes something else than a service's requests: no checks
  std::string_view runtime;            // "a Go program"; empty: it does not say
  std::vector<FoundCheck> checks;      // errors, latency, memory, as far as they are there
  bool by_shape = false;               // errors or latency were found by what they look like
};

// With `wanted` that preset and no other.
Recognised recognise(const Survey& survey, const Preset* wanted = nullptr);

}  // namespace davy::config::draft
