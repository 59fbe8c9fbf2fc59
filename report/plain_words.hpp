#pragma once

// Text for files that another program reads line by line (dotenv, GITHUB_OUTPUT): letters, digits and
// -_.:/@+ stay, all else becomes _, so that no value can begin a line, a quote or a command of its own.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace davy::report {

std::string plain_word(std::string_view untrusted);

// KEY=VALUE lines, values as plain words.
std::string assignments(const std::vector<std::pair<std::string, std::string>>& values);

}  // namespace davy::report
