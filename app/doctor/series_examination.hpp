#pragma once

// Does a side expose what a check selects? Where it does not: the name that was meant, or the matcher that
// matches nothing and the values that its label has. Pure.

#include "app/doctor/diagnosis.hpp"
#include "core/model/batch.hpp"
#include "core/model/check.hpp"
#include "core/model/scrape.hpp"

namespace davy::app::doctor {

// Of the targets that answered and speak for the side, as far as its `where` selects them. Pointers into the
// batch.
std::vector<const Series*> series_of(const Batch& batch, Side side, const SideSpec& spec);

// `everything`: all that is exposed by the side (without its `where`, to tell what that leaves out).
Diagnoses examine_series(const Check& check, Side side, const SideSpec& spec,
                         const std::vector<const Series*>& everything);

// The `members` label of a side is on the series that the checks select.
Diagnoses examine_members(const std::vector<Check>& checks, Side side, const SideSpec& spec,
                          const std::vector<const Series*>& series);

// One selector of a check, and the part it plays.
struct Selected {
  Selector selector;  // the metric's name as it is exposed, with _bucket
  bool may_be_absent = false;
  bool is_histogram = false;
};
std::vector<Selected> selectors_of(const Check& check);
std::vector<const Series*> matching(const Selector& selector, const std::vector<const Series*>& series);

}  // namespace davy::app::doctor
