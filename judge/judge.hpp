#pragma once

// All checks of a policy, judged together once a round.
//
// Checks that control their errors share one alpha: the weighted mean of their e-values is one, so that two
// checks that are each half sure decide together (Vovk and Wang 2021).
//
// Pure but for what the comparisons remember, which can be taken out as values (to journal them) and put
// back.

#include "core/model/verdict.hpp"
#include "judge/comparison.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace davy::judge {

class Judge {
 public:
  Judge(std::vector<Check> checks, std::map<Severity, Response> responses, const ComparisonFactory& make);

  // Forgets everything: a new release begins.
  void reset();

  // One window a check, in the checks' order.
  Verdict judge(const std::vector<const Window*>& windows, Instant now);

  std::vector<SequentialState> states() const;
  // States of another number of checks (the policy changed) are ignored: the window starts over.
  void restore(const std::vector<SequentialState>& states);

 private:
  std::optional<std::size_t> blamed_together(const std::vector<Finding>& findings) const;
  void accuse(std::vector<Finding>& findings, std::size_t blamed) const;

  std::vector<Check> checks_;
  std::map<Severity, Response> responses_;
  std::vector<std::unique_ptr<Comparison>> comparisons_;
  ComparisonFactory make_;
};

// The verdict that a set of findings makes, worst first: a breach decides over everything, blindness over
// ignorance.
Verdict summarise(std::vector<Finding> findings, const std::map<Severity, Response>& responses, Instant now);

}  // namespace davy::judge
