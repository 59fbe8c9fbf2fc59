#pragma once

// Outcomes as Markdown, laid out as in the judge's design: false rollbacks in percent, or seconds to rollback
// as median/p90. A table ends with the worst cell of every column, or with the ratios to the oracle.

#include "bench/detection/outcome.hpp"

#include <string>
#include <vector>

namespace davy::bench {

struct TableRow {
  std::vector<std::string> labels;
  std::vector<Outcome> outcomes;  // one for each detector
};

struct Table {
  std::string title;
  std::vector<std::string> label_headings;
  std::vector<std::string> detectors;
  std::vector<TableRow> rows;
};

// A column of a table of times: how much longer a detector takes than the oracle that knows what it tests.
struct OracleRatio {
  std::string detector;
  std::string oracle;
};

// Every run that fired is a false rollback.
std::string false_rollback_table(const Table& table);

// Ratios whose detector or oracle has no column are left out.
std::string time_table(const Table& table, const std::vector<OracleRatio>& ratios);

// For each detector the percent of the runs that fired and the median second, "-" when it was not reached.
std::string share_table(const Table& table);

// "45/100", "45/-" when the p90 was not reached, "(12%)" detected when the median was not; early detections
// follow: "45/100 !2%".
std::string time_text(const Outcome& outcome);

}  // namespace davy::bench
