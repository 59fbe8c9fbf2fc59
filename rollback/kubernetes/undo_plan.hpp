#pragma once

// Which revision to go back to, and the one patch that does it. Pure.
//
// The patch tests what was judged: the object's UID, the revision's number and the whole template as it was
// read. A deploy that got in between fails the test (422), and nothing has happened. A revision that was
// rolled back before is never gone back to; "the previous number" may be exactly that.

#include "core/base/result.hpp"
#include "core/kube/workload.hpp"
#include "rollback/kubernetes/judged.hpp"

#include <boost/json/array.hpp>
#include <string>
#include <vector>

namespace davy::rollback {

struct UndoPlan {
  std::string target_hash;
  std::int64_t target_number = 0;
  boost::json::array patch;
  std::string what;  // "deployment shop/checkout: revision 8 (6d4f) back to 7 (59c1), the last that was good"
};

// Errors: conflict (superseded: the workload is another, or on another revision by now); unsupported (paused
// by others, nothing to go back to, ping-pong); unavailable (its controller has not caught up).
Result<UndoPlan> plan_undo(const kube::Workload& workload, const std::vector<kube::Revision>& revisions,
                           const Judged& judged, const std::string& undo_to, const std::string& action_id);

}  // namespace davy::rollback
