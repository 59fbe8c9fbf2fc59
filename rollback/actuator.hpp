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
#include <memory>
#include <string_view>

namespace davy::config {
class Section;
}
namespace davy::net {
class Resolver;
}

namespace davy::rollback {

class Actuator {
 public:
  virtual ~Actuator() = default;

  virtual std::string_view kind() const = 0;

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
};

// Reads the options of one `rollback:` or `on_pass:` entry. Problems are reported to the section; null when
// it has any.
using ActuatorFactory =
    std::function<std::unique_ptr<Actuator>(const config::Section&, const ActuatorParts&)>;

}  // namespace davy::rollback
