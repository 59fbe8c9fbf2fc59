#pragma once

// A policy as text, from what the formats have found: always mode observe, always with a comment where
// something was approximated.

#include "config/import/translate.hpp"

namespace davy::config::imported {

struct PolicyDraft {
  std::string from;  // "the Flagger canary test/podinfo"
  std::string service;
  std::string prometheus;                    // URL
  std::string canary_where, baseline_where;  // both or none: with them there is a baseline
  Duration window = std::chrono::minutes(10);
  Duration warmup = std::chrono::seconds(30);
  std::vector<CheckDraft> checks;
  std::vector<std::string> actions;  // each one YAML mapping on a line
  std::string on_no_data;            // empty: the default
};

// What queries are asked for, and so what confirmations are counted in.
inline constexpr Duration asked_every = std::chrono::seconds(15);

// So many rounds that a breach lasts that long, and never more than half of the window.
int confirmations_for(Duration wanted, Duration window);

// Refused when there is no check in it. The address is made up where none is known, and remarked.
Imported write_policy(PolicyDraft draft, const ImportOptions& options, std::vector<Remark> remarks);

Imported refused(std::string why, std::vector<Remark> remarks);

}  // namespace davy::config::imported
