#pragma once

// The frames that are small: a recording's head, what was asked of the guard, and that a round was judged.

#include "collector/recording/recording.hpp"

namespace davy::collector::recording {

struct Judged {
  Instant at{};
  std::uint64_t verdict = 0;
};

std::string encode(const Head& head);
std::string encode(const Request& request, Instant since);
std::string encode(const Judged& judged, Instant since);

// Throw MalformedBytes; a head of a later format throws std::domain_error.
Head decode_head(std::string_view payload);
Request decode_request(std::string_view payload, Instant since);
Judged decode_judged(std::string_view payload, Instant since);

}  // namespace davy::collector::recording
