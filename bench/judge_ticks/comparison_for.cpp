#include "bench/judge_ticks/comparison_for.hpp"

#include "judge/sequential/sequential.hpp"

namespace davy::judge_ticks {

// The file's checks share its alpha.
std::unique_ptr<judge::Comparison> comparison_for(const Check& check, const FilePolicy& policy) {
  Check shared = check;
  shared.alpha = 1 - policy.confidence;
  shared.alpha_share = 1.0 / static_cast<double>(policy.checks.size());
  return judge::make_sequential(shared);
}

}  // namespace davy::judge_ticks
