// The oracle counts the nats it should, from the onset on, and keeps the level it promises.

#include "bench/detection/oracle.hpp"

#include "bench/detection/error_stream.hpp"
#include "tests/bench/streams.hpp"

#include <doctest/doctest.h>

namespace davy::bench {
namespace {

constexpr Truth tenfold = {.base_error = 0.01, .multiplier = 10};

TEST_CASE("an error is worth the log of the ratio so two errors of ten times are not enough and three are") {
  Oracle oracle(OracleKind::base, tenfold);
  Stream stream = steady_stream(10, {.canary_n = 0});
  for (const std::size_t tick : {2U, 4U}) stream.canary_n[tick] = stream.canary_e[tick] = 1;
  CHECK(oracle.run(stream) == Detection{true, 25});  // 2 ln 10 = ln 100
  stream.canary_n[0] = 1;                            // one success takes ln(0.9/0.99) back
  CHECK(oracle.run(stream) == Detection{});
  stream.canary_n[9] = stream.canary_e[9] = 1;
  CHECK(oracle.run(stream) == Detection{true, 50});
}

TEST_CASE("the oracle looks away until the onset") {
  Truth late = tenfold;
  late.onset_s = 30;
  Oracle oracle(OracleKind::base, late);
  CHECK(oracle.run(steady_stream(20, {.canary_n = 9, .canary_e = 9})) == Detection{true, 35});
}

TEST_CASE("a success does not refute that everything fails for ever") {
  Oracle oracle(OracleKind::base, {.base_error = 0.01, .all_fail = true});
  Stream stream = steady_stream(10, {.canary_n = 5, .canary_e = 5});
  stream.canary_e[0] = 0;
  CHECK(oracle.run(stream) == Detection{true, 15});
}

TEST_CASE("the policy oracle does not mind what the policy allows") {
  const Stream all_bad = steady_stream(120, {.canary_n = 100, .canary_e = 100});
  CHECK_FALSE(Oracle(OracleKind::policy, {.base_error = 0.001, .multiplier = 5}).run(all_bad).fired);
  CHECK(Oracle(OracleKind::policy, {.base_error = 0.001, .addend = 0.01}).run(all_bad).fired);
  CHECK_FALSE(Oracle(OracleKind::base, {.base_error = 0.01}).run(all_bad).fired);
}

TEST_CASE("one healthy canary in a hundred at most is blamed") {
  Scenario healthy;
  healthy.canary_rps = 50;
  healthy.base_error = 0.01;
  healthy.baseline_pods = 1;
  ErrorStream streams(healthy);
  Oracle oracle(OracleKind::base, {.base_error = 0.01, .multiplier = 2});
  Stream stream;
  int fired = 0;
  for (int run = 0; run < 2000; ++run) {
    streams.fill(run, stream);
    fired += oracle.run(stream).fired;
  }
  CHECK(fired > 5);
  CHECK(fired <= 20 + 9);  // two deviations
}

}  // namespace
}  // namespace davy::bench
