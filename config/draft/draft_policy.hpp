#pragma once

// A policy's first draft, from what the targets expose: YAML with comments, in mode observe, that `davy
// check` accepts.

#include "config/draft/recognise.hpp"

#include <string>
#include <vector>

namespace davy::config::draft {

struct DraftInput {
  std::string service;
  std::vector<std::string> canary;  // URLs
  std::vector<std::string>
      baseline;   // empty: nothing to compare with, or both sides in the canary's one target
  Survey survey;  // of all of them
};

struct Draft {
  std::string text;
  std::vector<std::string> remarks;  // what its author should know, a line each
  bool usable = false;               // there is a check in it
};

Draft draft_policy(const DraftInput& input, const Recognised& found);

}  // namespace davy::config::draft
