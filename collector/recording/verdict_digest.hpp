#pragma once

// Everything a verdict says, as text and as a number: equal when, and only when, every finding is equal to
// the last bit. This is how a replay knows that it has found what was found then.

#include "core/model/verdict.hpp"

#include <cstdint>
#include <string>

namespace davy::collector::recording {

// Instants are told from verdict.at.
std::string canonical_text(const Verdict& verdict);
std::uint64_t digest(const Verdict& verdict);

}  // namespace davy::collector::recording
