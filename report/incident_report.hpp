#pragma once

// The account of one release, for people (Markdown) and for programs (JSON). Pure: the same incident gives
// the same bytes. The fields of the JSON are listed in docs/report.md and only ever added to.

#include "core/model/incident.hpp"

#include <string>

namespace davy::report {

std::string to_markdown(const Incident& incident);
std::string to_json(const Incident& incident);

}  // namespace davy::report
