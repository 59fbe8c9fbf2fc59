#pragma once

// Following one release that another Davy watches, told by its status answers. Pure: no sockets.

#include "core/base/result.hpp"
#include "core/model/incident.hpp"

#include <optional>
#include <string>

namespace davy::app {

// What /api/v1/status?service= answers, read back as far as it carries a snapshot. Error: malformed;
// not_found where the answer lists several services and none was named.
Result<GuardSnapshot> read_status(std::string_view body);

// The account as far as a snapshot carries it, for whoever stops before the end.
Incident account_of(const GuardSnapshot& snapshot);

enum class FollowStep {
  wait,   // our release is not there yet
  watch,  // it is being judged
  ask,    // it is over, or another is in its place: the last account says how
};

class Follower {
 public:
  // `release`: empty for whichever runs when we first look.
  explicit Follower(std::string release) : release_(std::move(release)) {}

  FollowStep see(const GuardSnapshot& snapshot);
  // After `ask`: the end of our release. `last`: the server's last account, where it has one. Nothing: not
  // there yet.
  std::optional<Incident> conclude(const GuardSnapshot& now, const std::optional<Incident>& last) const;

  const std::string& release() const { return release_; }
  const GuardSnapshot& last_seen() const { return seen_; }

 private:
  std::string release_;
  GuardSnapshot seen_;  // of our release
  bool was_there_ = false;
};

}  // namespace davy::app
