#include "rollback/attempts.hpp"

#include "core/net/backoff.hpp"
#include "core/net/deadline.hpp"
#include "core/net/into.hpp"

#include <boost/asio/steady_timer.hpp>

namespace davy::rollback {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

std::uint64_t seed_of(const std::string& text) { return std::hash<std::string>{}(text); }

}  // namespace

asio::awaitable<AttemptsResult> attempt_until_deadline(asio::any_io_executor executor, Actuator& actuator,
                                                       Action action, OnRetry on_retry, MayAct may_act) {
  AttemptsResult result;
  result.record.actuator = std::string(actuator.kind());
  result.record.id = action.id;
  if (const auto preview = actuator.preview(action)) result.record.what = preview->what;
  const Instant began = std::chrono::steady_clock::now();
  const net::Deadline deadline(action.deadline);
  net::Backoff backoff(500ms, 15s, seed_of(action.id));
  while (true) {
    if (may_act && !may_act()) {
      result.failure =
          Error(ErrorKind::cancelled, "another Davy leads by now, and will carry it out", "not_leading");
      result.record.answer = result.failure->message();
      co_return result;
    }
    ++result.record.attempts;
    auto outcome = co_await actuator.apply(action);
    result.record.took = std::chrono::steady_clock::now() - began;
    if (outcome) {
      result.failure.reset();
      result.record.accepted = true;
      result.record.what = outcome->what;
      result.record.answer = outcome->answer;
      co_return result;
    }
    const Error& failure = outcome.error();
    result.failure = failure;
    result.record.answer = failure.message();
    result.superseded = failure.kind() == ErrorKind::conflict;
    if (!failure.retryable()) co_return result;
    const Duration wait = backoff.next(failure.retry_after());
    if (wait >= deadline.left()) co_return result;
    if (on_retry) on_retry(failure, wait);
    asio::steady_timer timer(executor, wait);
    boost::system::error_code ec;
    co_await timer.async_wait(net::into(ec));
    if (ec) co_return result;
  }
}

}  // namespace davy::rollback
