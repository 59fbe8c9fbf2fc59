#pragma once

// A change that counts only if nothing has changed since it was planned: looked at, planned, sent, and
// planned anew when another writer got in between.
//
// What makes a patch safe is in the patch: `test` operations, or the resourceVersion that was read. This is
// only the loop around it.

#include "core/kube/kube_client.hpp"
#include "rollback/actuator.hpp"

#include <functional>
#include <string>

namespace davy::rollback {

struct PlannedPatch {
  std::string what;   // for people, in the past tense where it is done already
  bool done = false;  // nothing is left to do, and the rest is not used
  bool more = false;  // when this one is through, there may be another
  std::string path;
  kube::PatchKind kind = kube::PatchKind::json;
  boost::json::value patch;
  std::string otherwise_path;  // tried where `path` is not known; may be empty
};

// Looks at what is there now and plans for it. Error not_found: there is nothing to act on any more.
using LookAndPlan = std::function<boost::asio::awaitable<Result<PlannedPatch>>()>;

boost::asio::awaitable<Result<void>> send_patch(kube::KubeClient& client, const PlannedPatch& planned,
                                                net::Deadline deadline, bool dry_run = false);

// `timeout` is that of one call. `asked` and `name` are for the outcome: what preview() says, and whose
// absence counts as done.
boost::asio::awaitable<Result<ActionOutcome>> patch_until_it_fits(kube::KubeClient& client,
                                                                  const LookAndPlan& look_and_plan,
                                                                  const Action& action, Duration timeout,
                                                                  std::string asked, std::string name);

}  // namespace davy::rollback
