#pragma once

// How much of the events may fail within one release's window, from an objective over weeks.
//
// An objective speaks of a month, a release of minutes. The limit is the burn rate of the usual fast
// alert: 14.4 times the budget, which spends 2 % of a month's budget within an hour (Google, The Site
// Reliability Workbook, chapter 5).

#include "config/import/policy_text.hpp"

namespace davy::config::imported {

struct BurnLimit {
  double factor = 0;
  double max = 0;  // share of errors
};

// Nothing for an objective that is not between 0 and 1, both excluded.
std::optional<BurnLimit> burn_limit(double objective);

// The check of an objective; remarks say what the limit is made of.
std::vector<CheckDraft> objective_check(const std::string& name, const std::string& error_query,
                                        const std::string& total_query, double objective,
                                        std::vector<Remark>& remarks);

}  // namespace davy::config::imported
