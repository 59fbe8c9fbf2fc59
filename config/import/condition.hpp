#pragma once

// The conditions of an Argo metric (result[0] >= 0.95, len(result) == 0 || result[0] < 5, all(result, # <
// 1000)) as limits.
//
// A limit itself counts as healthy, so < and <= are the same here. What is not understood gives nothing.

#include "config/import/translate.hpp"

namespace davy::config::imported {

struct Condition {
  Bounds healthy;
  std::string on_no_data;          // pass, rollback; empty: it says nothing of it
  std::vector<std::string> notes;  // what is approximated
};

std::optional<Condition> read_success(std::string_view condition);
std::optional<Condition> read_failure(std::string_view condition);

}  // namespace davy::config::imported
