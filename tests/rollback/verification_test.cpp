// Whether a rollback worked, where the numbers are asked of a server.

#include "rollback/verification.hpp"

#include <doctest/doctest.h>

namespace davy::rollback {
namespace {

using namespace std::chrono_literals;

Window blind_window(bool asked) {
  Window window;
  window.canary.targets = 1;
  Tick before;
  before.at = Instant(59min);
  window.ticks.push_back(before);
  window.canary.asked = window.baseline.asked = asked;
  return window;
}

bool is_verified_blindly(bool asked) {
  const Window window = blind_window(asked);
  Verification verification(Instant(1h));
  VerificationReading reading;
  for (int i = 0; i < 5; ++i) reading = verification.look({&window}, Verdict{}, std::nullopt);
  return reading.verified;
}

}  // namespace

TEST_CASE(
    "a canary that no longer answers scrapes is gone but a server that does not answer says nothing of it") {
  CHECK(is_verified_blindly(false));
  CHECK_FALSE(is_verified_blindly(true));
}

}  // namespace davy::rollback
