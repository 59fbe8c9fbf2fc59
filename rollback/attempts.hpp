#pragma once

// One action tried until the deploy system says yes, says something final, or the deadline passes. The
// retrying that every actuator shares: doubling waits with jitter, a longer Retry-After honoured, the last
// attempt while there is still time for its answer, the same action id every time.

#include "core/model/incident.hpp"
#include "rollback/actuator.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <functional>

namespace davy::rollback {

struct AttemptsResult {
  ActionRecord record;
  std::optional<Error> failure;  // the last one, when it was not accepted
  bool superseded = false;
};

// False when somebody else is in charge by now: nothing more is tried. Empty: always true.
using MayAct = std::function<bool()>;

// Called after each failed attempt, with the wait before the next: for the log.
using OnRetry = std::function<void(const Error&, Duration wait)>;

boost::asio::awaitable<AttemptsResult> attempt_until_deadline(boost::asio::any_io_executor executor,
                                                              Actuator& actuator, Action action,
                                                              OnRetry on_retry, MayAct may_act = {});

}  // namespace davy::rollback
