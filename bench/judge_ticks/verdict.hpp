#pragma once

// What the judge makes of a file of ticks.
//
// Every check of the file is judged after each round until one breaches or the data ends. The file breaches
// when one check does and passes when all do; it is no_data when not one of them saw anything of the canary,
// and otherwise inconclusive.

#include "bench/judge_ticks/tick_file.hpp"
#include "core/model/finding.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace davy::judge_ticks {

enum class Given { breach, pass, inconclusive, no_data };
std::string_view to_text(Given given);

// What a check says if its data ended with this finding.
Given given_by(const Finding& last);

struct FileVerdict {
  Given given = Given::no_data;
  std::optional<double> seconds;  // from the deploy to the breach; nothing when decided by the data's end
  std::string sentence;           // of the finding that decided
};

FileVerdict judge_file(const TickFile& file);

}  // namespace davy::judge_ticks
