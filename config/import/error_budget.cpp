#include "config/import/error_budget.hpp"

#include "core/base/number_text.hpp"

#include <fmt/format.h>

namespace davy::config::imported {

std::optional<BurnLimit> burn_limit(double objective) {
  if (!(objective > 0 && objective < 1)) return std::nullopt;
  for (const double factor : {14.4, 6.0, 3.0, 1.0})
    if (factor * (1 - objective) < 1) return BurnLimit{factor, factor * (1 - objective)};
  return std::nullopt;
}

std::vector<CheckDraft> objective_check(const std::string& name, const std::string& error_query,
                                        const std::string& total_query, double objective,
                                        std::vector<Remark>& remarks) {
  const std::string where = fmt::format("objective '{}'", name);
  const auto burn = burn_limit(objective);
  if (!burn) {
    remarks.push_back({where, "the objective", "it lies not between 0 and 100%", "correct it"});
    return {};
  }
  const std::string query =
      total_query.empty() ? error_query : fmt::format("({}) / ({})", error_query, total_query);
  auto checks = translate({name, query, {std::nullopt, burn->max}}, remarks);
  const std::string how =
      fmt::format("{} times the budget of {}", plain_number(burn->factor), to_percent(1 - objective));
  for (CheckDraft& check : checks)
    check.notes.insert(check.notes.begin(), how + ", as in the alert on a fast burn");
  remarks.push_back({where, "the objective over its whole window",
                     fmt::format("a release is judged in minutes: the limit is {}", how),
                     "make max: smaller to be stricter"});
  return checks;
}

}  // namespace davy::config::imported
