#include "guard/decision/guard_rails.hpp"

#include "core/base/duration_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace davy::guard {

std::optional<std::string> forbidden(const GuardRails& rails, const std::vector<WallTime>& past,
                                     WallTime now) {
  const auto age = [&](WallTime t) { return Duration(now - t); };
  if (!past.empty()) {
    const Duration since_last = age(*std::max_element(past.begin(), past.end()));
    if (since_last >= Duration::zero() && since_last < rails.cooldown) {
      return fmt::format("the last rollback was {} ago and guard_rails.cooldown is {}", to_spoken(since_last),
                         to_spoken(rails.cooldown));
    }
  }
  const auto recent = std::count_if(past.begin(), past.end(), [&](WallTime t) { return age(t) < rails.per; });
  if (recent >= rails.at_most) {
    return fmt::format("{} rollbacks in the last {} and guard_rails.at_most is {}", recent,
                       to_spoken(rails.per), rails.at_most);
  }
  return std::nullopt;
}

}  // namespace davy::guard
