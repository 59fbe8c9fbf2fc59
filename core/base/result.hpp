#pragma once

// How a function says that it could not do what it was asked.
//
// Result<T> holds a T or an Error. An Error has a kind, chosen by what the caller can do about it; a message
// for a person, which says what was tried, on what, what happened and what to do; and a cause, one short word
// for counters and tests ("timeout_headers", "short_body"), empty where the kind says enough.

#include "core/base/clock.hpp"

#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace davy {

enum class ErrorKind {
  invalid,      // the request itself is wrong: correct it
  unreachable,  // nobody answered at that place
  timed_out,    // the deadline passed
  denied,       // not allowed with these credentials
  not_found,    // answered: there is no such thing
  conflict,     // the thing has changed since it was judged
  malformed,    // the peer's answer cannot be read
  over_limit,   // a limit of ours was exceeded
  unsupported,  // understood, but not available here
  cancelled,    // we were asked to stop
  unavailable,  // the peer answered that it cannot do it now
};

std::string_view to_text(ErrorKind kind);

class Error {
 public:
  Error() = default;
  Error(ErrorKind kind, std::string message, std::string cause = {})
      : kind_(kind), message_(std::move(message)), cause_(std::move(cause)) {}

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }

  // One word for counters: the cause where there is one, otherwise the kind.
  std::string_view cause() const { return cause_.empty() ? to_text(kind_) : std::string_view(cause_); }

  // True when the same call may succeed later without anybody changing anything.
  bool retryable() const;

  // How long the peer asked us to wait (HTTP Retry-After), where it did.
  std::optional<Duration> retry_after() const { return retry_after_; }
  Error after(std::optional<Duration> wait) const;

  // The same error, told from one level higher: "scrape http://...: connection refused".
  Error within(std::string_view what) const;

 private:
  ErrorKind kind_ = ErrorKind::invalid;
  std::string message_;
  std::string cause_;
  std::optional<Duration> retry_after_;
};

// Reached only by calling value() on a failed result, which is a bug; carries the message to the coroutine's
// root.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace davy
