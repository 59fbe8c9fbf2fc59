#pragma once

// Whole dumps of real systems: no expectations beside them, except that they can be read.

#include <filesystem>

namespace davy::conformance {

// Reads one file, or every file of a folder (manifest.json apart), prints a line for each and a total, and
// returns how many could not be read. Where a folder's manifest says how a reference reads a file, it is
// compared: another number of samples counts as unread, and a file that the reference refuses too does not.
int check_dumps(const std::filesystem::path& place);

}  // namespace davy::conformance
