#pragma once

// Which revision an action is about, and whether the workload is still on it. Pure.

#include "core/base/result.hpp"
#include "core/kube/workload.hpp"
#include "core/model/action.hpp"

#include <map>
#include <string>
#include <vector>

namespace davy::rollback {

// What an action is allowed to touch; empty where that is not known.
struct Judged {
  std::string uid, hash;
};

// As arming pinned it; or as whoever noticed the release did, where it is this workload's.
Judged judged_in(const Action& action, const kube::WorkloadRef& ref);
// The facts that arming keeps, for judged_in() to find.
std::map<std::string, std::string> facts_of(const Judged& judged, const kube::WorkloadRef& ref);

// Empty when the action has none of that name.
std::string fact(const Action& action, const std::string& key);

// The judged revision, when the workload is still on it. Errors: unsupported (not_armed: what was judged is
// not known); conflict (superseded: the workload is another, or on another revision by now); unavailable
// (behind: its controller has not looked at its newest template yet, so which revision that is nobody knows).
Result<const kube::Revision*> still_judged(const kube::Workload& workload,
                                           const std::vector<kube::Revision>& revisions,
                                           const Judged& judged);

// The status of these kinds says which revision is the newest, and may be older than the spec.
bool is_behind(const kube::Workload& workload);
Error behind(const kube::Workload& workload);

}  // namespace davy::rollback
