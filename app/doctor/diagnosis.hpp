#pragma once

// What one examination of `davy doctor` found, as a value, and how it is shown: one line each, aligned, and
// the same as JSON. Names and answers of others are made printable here, and nowhere else.

#include <string>
#include <string_view>
#include <vector>

namespace davy::app::doctor {

enum class Level { ok, warning, failure };
std::string_view word_for(Level level);

struct Diagnosis {
  Level level = Level::ok;
  std::string subject;  // who it is about: "canary", a check's name, "rollback http"
  std::string text;     // what was seen
  std::string next;     // what to try; may be empty
  bool operator==(const Diagnosis&) const = default;
};
using Diagnoses = std::vector<Diagnosis>;

void append(Diagnoses& to, Diagnoses more);
bool any_failure(const Diagnoses& all);

// "ok    canary  http://... answers in 3 ms", then how many fail; every line ends in a newline.
std::string to_lines(const Diagnoses& all);
// "2 fail, 1 warning, 9 ok".
std::string summary(const Diagnoses& all);
// {"policy", "healthy", "failures", "warnings", "findings": [{"level", "subject", "text", "next"}]}
std::string to_json(const std::string& policy, const Diagnoses& all);

// "a", "b" and 3 more: names of others, for a sentence.
std::string some_of(const std::vector<std::string>& names, std::size_t shown_max = 5);

}  // namespace davy::app::doctor
