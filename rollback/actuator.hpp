#pragma once

// One way of asking a deploy system to act: the contract of this room's family.
//
// An actuator makes one attempt and says, by its Error's kind, whether trying again may help; retries,
// deadlines, recording and verification live once, outside it. Errors that mean something special: conflict =
// the system has moved on to another revision (superseded, never retried); denied = our credentials;
// unsupported = it can never work.

#include "core/base/result.hpp"
#include "core/model/action.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace davy::config {
class Section;
}
namespace davy::kube {
class KubeClient;
}
namespace davy::net {
class Resolver;
}

namespace davy::rollback {

// What an actuator found out when a release began.
struct Arming {
  std::map<std::string, std::string> facts;  // come back in every Action of this release: what pins it
  std::vector<std::string> warnings;         // what would fail, or be undone by others, if it had to act
  bool ready = true;                         // it could act now
};

class Actuator {
 public:
  virtual ~Actuator() = default;

  virtual std::string_view kind() const = 0;

  // A release begins, `action` says which: what will be needed later, and what would go wrong then. Changes
  // nothing but marks of our own, and not even these when `may_mark` is false. Error: the system cannot be
  // asked now, and will be again.
  virtual boost::asio::awaitable<Result<Arming>> arm(const Action& action, bool may_mark);

  // While the release is watched, once a round: holds its rollout back so that both versions serve side by
  // side, where the policy asks for that. What was done, in one line, when anything was.
  virtual boost::asio::awaitable<Result<std::string>> pace(const Action& action);
  // The watch is over without a rollback: lets the rollout go on, and where it has `passed` remembers the
  // version as one to come back to. What was done, when anything was.
  virtual boost::asio::awaitable<Result<std::string>> stand_down(const Action& action, bool passed);

  // What the system shows now. Reads only. `action` names the intent whose effect is looked for; it may be
  // null.
  virtual boost::asio::awaitable<Result<DeployState>> observe(const Action* action) = 0;

  // What apply() would do, for a dry run and for the log. Reads only; secrets redacted.
  virtual Result<ActionPreview> preview(const Action& action) const = 0;

  // One attempt, bounded by action.deadline. Idempotent on action.id.
  virtual boost::asio::awaitable<Result<ActionOutcome>> apply(const Action& action) = 0;
};

// What a factory may use to build one.
struct ActuatorParts {
  boost::asio::any_io_executor executor;
  std::shared_ptr<net::Resolver> resolver;
  // The cluster's API, made when it is first asked for. Errors: those of find_kube_access().
  std::function<Result<std::shared_ptr<kube::KubeClient>>()> kube;
};

// For factories that need the cluster: null when the section has problems already, when only options are
// checked, or when there is no way to it, which is reported.
std::shared_ptr<kube::KubeClient> kube_client(const config::Section& options, const ActuatorParts& parts);

// Reads the options of one `rollback:` or `on_pass:` entry. Problems are reported to the section; null when
// it has any.
using ActuatorFactory =
    std::function<std::unique_ptr<Actuator>(const config::Section&, const ActuatorParts&)>;

}  // namespace davy::rollback
