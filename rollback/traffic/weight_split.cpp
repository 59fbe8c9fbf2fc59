#include "rollback/traffic/weight_split.hpp"

#include <algorithm>
#include <numeric>

namespace davy::rollback {
namespace {

using Role = Weight::Role;

// The Gateway API's limit of one weight.
constexpr std::int64_t weight_max = 1'000'000;

std::int64_t sum_of(const std::vector<Weight>& weights, Role role) {
  std::int64_t sum = 0;
  for (const Weight& w : weights) sum += w.role == role ? w.weight : 0;
  return sum;
}

std::int64_t sum_of(const std::vector<Weight>& weights) {
  return sum_of(weights, Role::canary) + sum_of(weights, Role::takes_rest) +
         sum_of(weights, Role::left_alone);
}

// Rounded so that they add up to `total`; the largest remainders are rounded up.
std::vector<std::int64_t> rounded(const std::vector<std::int64_t>& exact, std::int64_t total) {
  const std::int64_t sum = std::accumulate(exact.begin(), exact.end(), std::int64_t{0});
  std::vector<std::int64_t> weights;
  std::vector<std::pair<double, std::size_t>> remainders;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double share =
        static_cast<double>(exact[i]) * static_cast<double>(total) / static_cast<double>(sum);
    weights.push_back(static_cast<std::int64_t>(share));
    remainders.emplace_back(static_cast<double>(weights.back()) - share, i);
  }
  std::sort(remainders.begin(), remainders.end());
  std::int64_t missing = total - std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
  for (const auto& [remainder, i] : remainders) {
    if (missing <= 0 || remainder == 0) break;
    ++weights[i];
    --missing;
  }
  return weights;
}

// The smallest whole numbers of these proportions, or those that add up to a familiar total.
std::vector<std::int64_t> reduced(std::vector<std::int64_t> exact, std::int64_t familiar) {
  std::int64_t divisor = 0;
  for (const std::int64_t w : exact) divisor = std::gcd(divisor, w);
  for (std::int64_t& w : exact) w /= divisor;
  const std::int64_t sum = std::accumulate(exact.begin(), exact.end(), std::int64_t{0});
  for (const std::int64_t total : {familiar, std::int64_t{100}}) {
    if (total % sum != 0) continue;
    for (std::int64_t& w : exact) w *= total / sum;
    break;
  }
  if (*std::max_element(exact.begin(), exact.end()) > weight_max) return rounded(exact, weight_max);
  return exact;
}

// Whole numbers in the proportions that are wanted. `rest`: hundredths of the total, for those that take it.
std::vector<std::int64_t> proportions(const std::vector<Weight>& weights, int percent, std::int64_t rest) {
  const std::int64_t sum = sum_of(weights);
  const auto takers = std::count_if(weights.begin(), weights.end(),
                                    [](const Weight& w) { return w.role == Role::takes_rest; });
  const std::int64_t scale = takers > 1 ? std::max<std::int64_t>(sum_of(weights, Role::takes_rest), 1) : 1;
  std::int64_t of_canary = sum * percent * scale;
  std::vector<std::int64_t> exact;
  for (const Weight& w : weights) {
    switch (w.role) {
      case Role::canary: exact.push_back(std::exchange(of_canary, 0)); break;
      case Role::takes_rest: exact.push_back(takers > 1 ? rest * w.weight : rest); break;
      case Role::left_alone: exact.push_back(100 * w.weight * scale); break;
    }
  }
  return exact;
}

}  // namespace

bool has_share(const std::vector<Weight>& weights, int percent) {
  return sum_of(weights, Role::canary) * 100 == sum_of(weights) * percent;
}

Result<std::vector<std::int64_t>> with_share(const std::vector<Weight>& weights, int percent, Total total) {
  const std::int64_t sum = sum_of(weights);
  const std::int64_t rest = sum * (100 - percent) - sum_of(weights, Role::left_alone) * 100;
  const auto takers = std::count_if(weights.begin(), weights.end(),
                                    [](const Weight& w) { return w.role == Role::takes_rest; });
  const bool has_takers = takers == 1 || (takers > 1 && sum_of(weights, Role::takes_rest) > 0);
  if (sum <= 0 || rest < 0 || (rest > 0 && !has_takers))
    return Error(ErrorKind::unsupported, "nothing else could take the canary's traffic", "no_other");
  // What is only taken from the canary needs no other number to change.
  if (percent == 0 && takers > 1 && total == Total::relative) {
    std::vector<std::int64_t> same;
    for (const Weight& w : weights) same.push_back(w.role == Role::canary ? 0 : w.weight);
    return same;
  }
  const std::vector<std::int64_t> exact = proportions(weights, percent, rest);
  switch (total) {
    case Total::hundred: return rounded(exact, 100);
    case Total::fixed: return rounded(exact, sum);
    case Total::relative: break;
  }
  return reduced(exact, sum);
}

}  // namespace davy::rollback
