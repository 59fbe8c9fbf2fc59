#pragma once

// A journal that ends with the process: for one window in the foreground, for replay, and for tests.

#include "core/journal/journal.hpp"

#include <memory>

namespace davy::journal {

std::unique_ptr<Journal> make_memory_journal();

}  // namespace davy::journal
