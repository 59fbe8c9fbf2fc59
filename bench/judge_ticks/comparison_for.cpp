#include "bench/judge_ticks/comparison_for.hpp"

#include "judge/threshold/threshold.hpp"

namespace davy::judge_ticks {

// Fixed limits promise no confidence, so the policy's is not asked for.
std::unique_ptr<judge::Comparison> comparison_for(const Check& check, const FilePolicy&) {
  return judge::make_threshold(check);
}

}  // namespace davy::judge_ticks
