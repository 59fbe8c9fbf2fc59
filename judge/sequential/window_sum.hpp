#pragma once

// What happened on both sides from a moment on, added up.

#include "core/model/window.hpp"
#include "judge/threshold/span.hpp"

namespace davy::judge {

struct WindowSum {
  SideSum canary, baseline;
  Duration length{};
};

// Of the ticks that end after `from`.
WindowSum sum_since(const Window& window, Instant from);

}  // namespace davy::judge
