#pragma once

// The systems whose metrics are known by name, as data: what says that it is one, and which checks it is
// worth.
//
// One row a check; of the rows of one check the first whose metrics are exposed is taken, since names have
// changed with versions. `davy init` recognises by them, `preset: NAME` in a policy takes their checks.

#include "core/model/check.hpp"

#include <span>
#include <string>
#include <string_view>

namespace davy::config::draft {

struct PresetCheck {
  std::string_view name;  // "errors"
  CheckKind kind = CheckKind::ratio;
  std::string_view metric;     // ratio: the errors; latency: the histogram; gauge: the gauge
  std::string_view total;      // ratio
  std::string_view unit = {};  // latency: what its bounds are in, where the name does not say
};

struct Preset {
  std::string_view name;      // "envoy"
  std::string_view title;     // "Envoy's upstream clusters"
  std::string_view evidence;  // a metric (without braces) that only it exposes; several apart by spaces
  std::span<const PresetCheck> checks;
  std::string_view side_label = {};  // tells both versions apart where one target shows both
  std::string_view members = {};     // then the label that tells instances apart
  std::string_view note = {};        // what its users have to know
};

// What describes a machine or a platform: there is nothing in it to compare two versions of a service by.
struct Exporter {
  std::string_view title;
  std::string_view evidence;
};
// What a client library says of the program it is in.
struct Runtime {
  std::string_view title;
  std::string_view evidence;
};

std::span<const Exporter> exporters();
std::span<const Runtime> runtimes();

// In the order in which they are tried.
std::span<const Preset> presets();
// Its checks as the value of a policy's checks:, with limits that suit most services; without a baseline
// those alone that need none.
std::string checks_yaml(const Preset& preset, bool has_baseline);
const Preset* find_preset(std::string_view name);

}  // namespace davy::config::draft
