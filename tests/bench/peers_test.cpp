// The rules of other tools, on streams whose verdict can be worked out by hand.

#include "bench/detection/peers.hpp"

#include "bench/detection/peers_rank.hpp"
#include "tests/bench/streams.hpp"

#include <doctest/doctest.h>
#include <stdexcept>

namespace davy::bench {
namespace {

constexpr std::size_t ticks_a_minute = 12;

Detection run(std::string_view peer, const Stream& stream) { return make_peer(peer)->run(stream); }

Detection at(double seconds) { return {true, seconds}; }

TEST_CASE("a canary that fails everything is found when each rule first may") {
  const Stream stream = steady_stream(120, {.canary_n = 50, .canary_e = 50, .member_n = 50});
  CHECK(run("argo-rel", stream) == at(60));
  CHECK(run("argo-fl0", stream) == at(60));
  CHECK(run("argo-fl3", stream) == at(240));
  CHECK(run("flag-t1", stream) == at(60));
  CHECK(run("flag-t5", stream) == at(300));
  CHECK(run("kay5/10", stream) == at(300));
  CHECK(run("kay-1m", stream) == at(180));
  CHECK(run("zpeek", stream) == at(5));
}

TEST_CASE("a canary without errors is left alone by all") {
  const Stream stream = steady_stream(120, {.canary_n = 50, .member_n = 50, .member_e = 1});
  for (const auto peer : peer_names()) CHECK_MESSAGE(run(peer, stream) == Detection{}, peer);
}

TEST_CASE("no traffic fails a check of Flagger only") {
  const Stream stream = steady_stream(120, {.member_n = 50, .member_e = 1});
  for (const auto peer : peer_names()) {
    CAPTURE(peer);
    CHECK(run(peer, stream).fired == (peer == "flag-t1" || peer == "flag-t5"));
  }
  CHECK(run("flag-t5", stream) == at(300));
}

TEST_CASE("exactly 99 percent is enough and one error more is not") {
  Stream stream = steady_stream(24, {.canary_n = 100, .canary_e = 1, .member_n = 100, .member_e = 1});
  CHECK_FALSE(run("flag-t1", stream).fired);
  CHECK_FALSE(run("argo-fl0", stream).fired);
  stream.canary_e[ticks_a_minute] = 2;
  CHECK(run("flag-t1", stream) == at(120));
  CHECK(run("argo-fl0", stream) == at(120));
}

TEST_CASE("the five-minute rate forgets what is older") {
  Stream stream = steady_stream(120, {.canary_n = 100, .canary_e = 0, .member_n = 100});
  stream.canary_e[0] = 11;                   // of 6,000 in five minutes: 0.18%
  stream.canary_e[5 * ticks_a_minute] = 60;  // minute 6: exactly 1% of minutes 2 to 6
  CHECK_FALSE(run("argo-fl0", stream).fired);
  stream.canary_e[6 * ticks_a_minute] = 1;
  CHECK(run("argo-fl0", stream) == at(420));
}

TEST_CASE("failures need not follow one another") {
  Stream stream = steady_stream(120, {.canary_n = 100, .member_n = 100});
  for (const std::size_t minute : {0U, 2U, 5U, 7U, 9U}) stream.canary_e[minute * ticks_a_minute] = 100;
  CHECK(run("argo-fl3", stream) == at(480));
  CHECK(run("flag-t5", stream) == at(600));
}

TEST_CASE("the relative rule compares with the last minute of the whole baseline") {
  Stream stream = steady_stream(24, {.canary_n = 100, .canary_e = 3, .member_n = 100, .member_e = 2});
  CHECK_FALSE(run("argo-rel", stream).fired);
  stream.e[stream.cell(23, 1)] = 1;
  CHECK(run("argo-rel", stream) == at(120));
}

TEST_CASE("a tick across the end of a minute belongs to the next") {
  Stream stream = steady_stream(4, {.canary_n = 100, .member_n = 100});
  stream.length_s = {40, 30, 40, 10};
  stream.canary_e[1] = 100;
  CHECK(run("flag-t1", stream) == at(120));
}

TEST_CASE("one error of the canary does not make a z test") {
  Stream stream = steady_stream(3, {.canary_n = 2, .member_n = 500});
  stream.canary_e[0] = 1;
  CHECK_FALSE(run("zpeek", stream).fired);
  stream.canary_e[2] = 1;
  CHECK(run("zpeek", stream) == at(15));
}

TEST_CASE("full separation is High when the gap is a quarter of the shift") {
  const double baseline[] = {1, 2, 3, 4, 5};
  const double far[] = {7.0, 8, 9, 10, 11};   // shift 6, gap 2
  const double near[] = {6.0, 8, 9, 10, 11};  // gap 1
  CHECK(kayenta_high(far, baseline));
  CHECK_FALSE(kayenta_high(near, baseline));
  CHECK_FALSE(kayenta_high(baseline, far));
  CHECK(kayenta_high(std::span(far).first(3), std::span(baseline).first(3)));
}

TEST_CASE("equal or missing points are never High") {
  const double zeros[] = {0, 0, 0, 0, 0};
  CHECK_FALSE(kayenta_high(zeros, zeros));
  CHECK_FALSE(kayenta_high(zeros, {}));
  CHECK_FALSE(kayenta_high({}, zeros));
}

TEST_CASE("with ten points a side the bound is the shift the rank test no longer excludes") {
  // nm/2 + 1/2 + 2.3263 sqrt(100/12 * 21) = 81.28: the 19th smallest of the 100 shifts.
  double canary[10], baseline[10];
  for (int i = 0; i < 10; ++i) {
    baseline[i] = i;
    canary[i] = i + 4;  // shifts of -5 to 13; 15 are below 0, the 16th to 21st are 0
  }
  CHECK_FALSE(kayenta_high(canary, baseline));
  for (double& point : canary) point += 2;  // the 19th is 2, a quarter of the shift is 1.5
  CHECK(kayenta_high(canary, baseline));
}

TEST_CASE("there are eight peers and no other") {
  CHECK(peer_names().size() == 8);
  for (const auto peer : peer_names()) CHECK(make_peer(peer)->name() == peer);
  CHECK_THROWS_AS(make_peer("nobody"), std::out_of_range);
}

}  // namespace
}  // namespace davy::bench
