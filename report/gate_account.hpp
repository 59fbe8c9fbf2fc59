#pragma once

// What a gate has to say at its end: the account of the release and what the process makes of it. Every
// format of `davy gate --output` is a pure function of this value.

#include "core/model/incident.hpp"

#include <string>

namespace davy::report {

struct GateAccount {
  Incident incident;
  std::string policy;       // the file as it was named; empty where a server was followed
  std::string verdict;      // one word: pass, fail, inconclusive, blind, ... (docs/gate.md)
  int exit_code = 0;        // what the process ends with
  std::string warning;      // what a reader has to know besides; empty: nothing
  std::string report_file;  // a file that holds the whole report; empty: there is none
};

// "rolled back and healed", "passed", ...: how a release ended, for headlines.
std::string headline(const Incident& incident);

// One line: "checkout r1: passed", safe to print.
std::string title(const GateAccount& account);

}  // namespace davy::report
