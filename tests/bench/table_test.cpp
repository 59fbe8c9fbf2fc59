// Outcomes count what they should, tables show it and threads change nothing.

#include "bench/detection/table.hpp"

#include "bench/detection/runner.hpp"
#include "tests/bench/streams.hpp"

#include <doctest/doctest.h>
#include <stdexcept>

namespace davy::bench {
namespace {

// Reports the run's number, which the source below leaves in the first count, as its time.
class Clock : public Detector {
 public:
  std::string_view name() const override { return "clock"; }
  Detection run(const Stream& stream) override {
    const int run = stream.canary_n[0];
    return {run % 3 != 0, run * 1.0};
  }
};

std::unique_ptr<Detector> make_clock(const Truth&) { return std::make_unique<Clock>(); }

Cell numbered_cell(Truth truth = {}) {
  return {{"iid"}, truth, [] {
            return [](int run, Stream& stream) { stream = steady_stream(1, {.canary_n = run}); };
          }};
}

Outcome outcome(int runs, std::vector<double> delays, int early = 0) {
  return {runs, early, std::move(delays)};
}

TEST_CASE("the number of threads does not change an outcome") {
  const auto one = run_cell(numbered_cell(), {make_clock}, 100, 1);
  CHECK(one == run_cell(numbered_cell(), {make_clock}, 100, 2));
  CHECK(one == run_cell(numbered_cell(), {make_clock}, 100, 7));
  REQUIRE(one.size() == 1);
  CHECK(one[0].runs == 100);
  CHECK(one[0].delays_s.size() == 66);
  CHECK(names_of<Stream>({make_clock}) == std::vector<std::string>{"clock"});
}

TEST_CASE("what a detector throws reaches the caller") {
  const DetectorFactory broken = [](const Truth&) -> std::unique_ptr<Detector> {
    throw std::runtime_error("no such detector");
  };
  CHECK_THROWS_AS(run_cell(numbered_cell(), {broken}, 10, 2), std::runtime_error);
}

TEST_CASE("a detection no later than the onset is early and has no time") {
  const auto outcomes = run_cell(numbered_cell({.addend = 0.1, .onset_s = 40}), {make_clock}, 100, 2);
  CHECK(outcomes[0].early == 27);
  CHECK(outcomes[0].delays_s.size() == 39);
  CHECK(outcomes[0].delays_s.front() == 1);
  CHECK(outcomes[0].fired() == doctest::Approx(0.66));
}

TEST_CASE("a quantile counts the undetected as infinitely slow") {
  const Outcome half = outcome(4, {5, 10});
  CHECK(half.quantile(0.25) == 10);
  CHECK_FALSE(half.quantile(0.5).has_value());
  CHECK(outcome(4, {5, 10, 15}).quantile(0.5) == 15);
}

TEST_CASE("a share has the error of a coin") {
  CHECK(share_error(0.01, 300) == doctest::Approx(0.00574).epsilon(0.001));
  CHECK(share_error(0, 300) == 0);
}

TEST_CASE("a time is shown as far as it was reached") {
  CHECK(time_text(outcome(4, {5, 10, 15, 20})) == "15/20");
  CHECK(time_text(outcome(4, {5, 10, 15})) == "15/-");
  CHECK(time_text(outcome(4, {5})) == "(25%)");
  CHECK(time_text(outcome(4, {5, 10, 15}, 1)) == "15/- !25%");
}

TEST_CASE("a table of false rollbacks names the worst cell of every column") {
  Table table{"False rollback", {"condition", "rps"}, {"POL", "REC"}, {}};
  table.rows.push_back({{"iid", "5"}, {outcome(200, {5, 5}), outcome(200, {})}});
  table.rows.push_back({{"burst", "50"}, {outcome(200, {5}), outcome(200, {5, 5, 5, 5})}});
  CHECK(false_rollback_table(table) ==
        "### False rollback\n\n"
        "| condition | rps | runs | POL | REC |\n"
        "|---|---|---|---|---|\n"
        "| iid | 5 | 200 | 1.0 | 0.0 |\n"
        "| burst | 50 | 200 | 0.5 | 2.0 |\n"
        "\nWorst cell: POL 1.0% +-0.7 (iid, 5); REC 2.0% +-1.0 (burst, 50)\n");
}

TEST_CASE("a table of shares shows how many fired and the median second") {
  Table table{"Breach", {"shift"}, {"pass", "breach"}, {}};
  table.rows.push_back({{"1.5"}, {outcome(4, {}), outcome(4, {5, 10, 15})}});
  CHECK(share_table(table) ==
        "### Breach\n\n"
        "| shift | pass % | pass s | breach % | breach s |\n"
        "|---|---|---|---|---|\n"
        "| 1.5 | 0.0 | - | 75.0 | 15 |\n");
}

TEST_CASE("a table of times shows the ratio to the oracle where both have a median") {
  Table table{"Seconds to rollback", {"rps"}, {"oracle1", "REC"}, {}};
  table.rows.push_back({{"5"}, {outcome(2, {20, 20}), outcome(2, {30, 40})}});
  table.rows.push_back({{"50"}, {outcome(2, {5, 5}), outcome(2, {5, 5})}});
  table.rows.push_back({{"0.5"}, {outcome(2, {20}), outcome(2, {40, 40})}});
  CHECK(time_table(table, {{"REC", "oracle1"}, {"POL", "oracleP"}}) ==
        "### Seconds to rollback\n\n"
        "| rps | oracle1 | REC | REC/oracle1 |\n"
        "|---|---|---|---|\n"
        "| 5 | 20/20 | 40/40 | 2.00 |\n"
        "| 50 | 5/5 | 5/5 | 1.00 |\n"
        "| 0.5 | (50%) | 40/40 | - |\n"
        "\nREC/oracle1: median 1.00, max 2.00 (2 cells); where the oracle needs 20 s or more: "
        "median 2.00, max 2.00 (1 cells)\n");
}

}  // namespace
}  // namespace davy::bench
