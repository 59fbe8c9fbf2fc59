#include "core/base/result.hpp"

#include <stdexcept>

namespace davy {

std::string_view to_text(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid: return "invalid";
    case ErrorKind::unreachable: return "unreachable";
    case ErrorKind::timed_out: return "timed_out";
    case ErrorKind::denied: return "denied";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::conflict: return "conflict";
    case ErrorKind::malformed: return "malformed";
    case ErrorKind::over_limit: return "over_limit";
    case ErrorKind::unsupported: return "unsupported";
    case ErrorKind::cancelled: return "cancelled";
    case ErrorKind::unavailable: return "unavailable";
  }
  return "invalid";
}

bool Error::retryable() const {
  return kind_ == ErrorKind::unreachable || kind_ == ErrorKind::timed_out ||
         kind_ == ErrorKind::unavailable || kind_ == ErrorKind::malformed;
}

Error Error::within(std::string_view what) const {
  Error error = *this;
  error.message_ = std::string(what) + ": " + message_;
  return error;
}

Error Error::after(std::optional<Duration> wait) const {
  Error error = *this;
  error.retry_after_ = wait;
  return error;
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::logic_error("value() of a failed result: " + error.message());
}

}  // namespace davy
