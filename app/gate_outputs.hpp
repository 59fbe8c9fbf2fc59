#pragma once

// Where a gate's account goes: every --output FORMAT[=FILE], and what the CI system reads of itself.
//
// A lone FORMAT goes to standard output, as does FORMAT=-. Files are written whole at the end; ndjson grows
// by a line a round. Inside GitHub Actions the annotations go to standard error, which its runner reads as
// well, so that standard output stays what was asked for; the summary and the step's outputs are appended to
// its files.

#include "app/ci_environment.hpp"
#include "app/output_file.hpp"
#include "core/model/guard_snapshot.hpp"
#include "report/gate_account.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace davy::app {

struct OutputFormat {
  std::string_view name;
  std::string (*render)(const report::GateAccount&);
  std::string (*round)(const GuardSnapshot&);  // null: nothing before the end
  bool for_people;                             // may share standard output with another
};

// By name, for help and errors: "text, json, ...".
std::string output_format_names();

class GateOutputs {
 public:
  // Says every mistake now: a format that does not exist (and which was meant), a file that cannot be
  // written, two outputs in one place. Errors: invalid, denied.
  static Result<GateOutputs> prepare(const std::vector<std::string>& wanted, CiEnvironment ci);

  void round(const GuardSnapshot& snapshot);

  // Writes the account everywhere. What cannot be written is returned as sentences; the rest is written all
  // the same. A second call, once more is known, replaces the files, adds a line to ndjson and leaves the
  // rest.
  std::vector<std::string> write(report::GateAccount account);

 private:
  struct Output {
    const OutputFormat* format = nullptr;
    std::optional<OutputFile> file;  // nothing: standard output
  };
  Result<void> add(const std::string& wanted);
  void write_for_ci(const report::GateAccount& account, std::vector<std::string>& problems) const;

  std::vector<Output> outputs_;
  CiEnvironment ci_;
  bool written_ = false;
};

}  // namespace davy::app
