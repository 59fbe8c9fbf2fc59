#pragma once

// The answers as a person or a program reads them: one row a file, and how the expected and the given
// verdicts met.

#include "bench/judge_ticks/verdict.hpp"

#include <optional>
#include <string>
#include <vector>

namespace davy::judge_ticks {

struct Row {
  std::string file;
  std::string expected;
  std::string label_confidence;
  FileVerdict verdict;
};

std::string text_line(const Row& row);
std::string json_line(const Row& row);  // one object; seconds is null when the data's end decided

// Expected verdicts down, given ones across.
std::string totals(const std::vector<Row>& rows);

// What is wrong with the row, if its label is sure enough to say so: a healthy canary that was given a
// breach, or a faulty one that was passed.
std::optional<std::string> gate_failure(const Row& row);

}  // namespace davy::judge_ticks
