#pragma once

// A canary made worse in what a judge looks at: so many times the errors, so many times as slow, so many
// times the gauge.
//
// Counts stay whole: they are drawn, by a generator that a tick's own time seeds, so that the same tick is
// always worsened in the same way.

#include "core/model/check.hpp"
#include "core/model/window.hpp"

namespace davy::app::tune {

// `usual_share`: of the errors, where the check is a ratio. Only judged ticks change.
Window worsened(const Window& window, const Check& check, double times, double usual_share);

}  // namespace davy::app::tune
