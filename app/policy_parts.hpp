#pragma once

// What a policy makes of the guard's parts, wherever its numbers come from: a watch and a replay are built
// from the same.

#include "collector/store/window_builder.hpp"
#include "config/policy.hpp"
#include "guard/guard.hpp"
#include "judge/judge.hpp"

#include <memory>

namespace davy::app {

guard::GuardOptions guard_options(const config::Policy& policy);

// Error: invalid, a selector's regular expression.
Result<collector::WindowBuilder> make_windows(const config::Policy& policy);

std::unique_ptr<judge::Judge> make_judge(const config::Policy& policy);
// Whether a rollback helped.
std::unique_ptr<judge::Judge> make_verification_judge(const config::Policy& policy);

}  // namespace davy::app
