#include "rollback/attempts.hpp"

#include "core/net/backoff.hpp"
#include "core/net/deadline.hpp"
#include "core/net/into.hpp"

#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

namespace davy::rollback {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

// What is kept of the time for the last attempt.
constexpr Duration last_attempt = 1s;

std::uint64_t seed_of(const std::string& text) { return std::hash<std::string>{}(text); }

// How long until the next attempt; nothing when it would come too late. A wait of our own choosing is cut so
// that no time is left unused, one that we were asked for is not.
std::optional<Duration> next_wait(net::Backoff& backoff, const Error& failure, Duration left) {
  const Duration wait = backoff.next(failure.retry_after());
  if (wait < left) return wait;
  if (failure.retry_after() >= left || left < 2 * last_attempt) return std::nullopt;
  return left - last_attempt;
}

// Why nothing more is tried, for whoever has to do it now.
std::string given_up(const AttemptsResult& result) {
  const Error& failure = *result.failure;
  const std::string after = fmt::format("{}; given up after {} attempts in {:.1f} s", failure.message(),
                                        result.record.attempts, seconds(result.record.took));
  if (!failure.retry_after()) return after;
  return fmt::format("{}, since it asks to be left alone for {:.0f} s", after,
                     seconds(*failure.retry_after()));
}

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
    const auto wait = next_wait(backoff, failure, deadline.left());
    if (!wait) {
      result.record.answer = given_up(result);
      co_return result;
    }
    if (on_retry) on_retry(failure, *wait);
    asio::steady_timer timer(executor, *wait);
    boost::system::error_code ec;
    co_await timer.async_wait(net::into(ec));
    if (ec) co_return result;
  }
}

}  // namespace davy::rollback
