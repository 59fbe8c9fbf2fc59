#pragma once

// What is asked of a deploy system, and what came of it.

#include "core/base/clock.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace davy {

enum class Purpose { rollback, promote };
std::string_view to_text(Purpose purpose);

// One intent. `id` is the idempotency key: the same intent, tried again after a crash or a lost answer,
// carries the same id, so that a deploy system that has already done it can say so. `facts` fill the
// actuator's templates.
struct Action {
  std::string id;  // "<release>.<purpose>.<n>"
  Purpose purpose = Purpose::rollback;
  std::string service;
  std::string release;   // the release's id
  std::string revision;  // the revision that was judged; empty where the source does not say
  std::string reason;    // the verdict's sentence
  WallTime decided_at{};
  Instant deadline{};  // nothing is tried after this
  std::map<std::string, std::string> facts;
};

// What an actuator sees at the deploy system before or after acting.
struct DeployState {
  std::string summary;  // for people: "app/canary-1 weight 10 (initial 10)"
  std::optional<bool>
      canary_serving;          // does the system still send traffic to the canary? empty: it cannot tell
  std::string applied_action;  // id of the last action of ours that the system has, where it keeps one
  std::string undone_by;       // the action was applied, and somebody has undone it since: who
};

struct ActionPreview {
  std::string what;  // "POST https://deploy.example/rollback with {...}", secrets redacted
};

struct ActionOutcome {
  bool already_done = false;  // the system had this action before
  std::string what;           // what was asked, one line
  std::string answer;         // what the system said, made printable
};

}  // namespace davy
