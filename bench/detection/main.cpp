// The detection benchmark: how soon a comparison finds a bad canary, and how often it blames a healthy one.

#include "bench/detection/detectors.hpp"
#include "bench/detection/gauge_suites.hpp"
#include "bench/detection/headlines.hpp"
#include "bench/detection/latency_suites.hpp"
#include "bench/detection/pass_suites.hpp"
#include "bench/detection/stream_check.hpp"
#include "bench/detection/suites.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using namespace davy::bench;

constexpr int promise_broken = 1;
constexpr int usage_error = 2;
constexpr std::string_view usage =
    "usage: davy-detection [--table NAME] [--runs N] [--faulty-runs N] [--quick] [--refinements] [--threads "
    "N]\n"
    "       davy-detection --check-streams FILE.csv\n"
    "  --table NAME      only this table: false, time, late, noise, worlds, worlds-time, latency-false,\n"
    "                    latency-time, gauges, pass, ticks\n"
    "  --runs N          runs of a healthy cell, 2000 unless said\n"
    "  --faulty-runs N   runs of a faulty cell, 500 unless said\n"
    "  --quick           100 and 40 runs without the costly tables: a look, not a measurement\n"
    "  --refinements     the judge with and without its refinements, instead of the peers\n"
    "  --threads N       2 unless said; the numbers are the same\n";

struct Options {
  std::string check_streams;
  std::string table;
  bool quick = false;
  bool refinements = false;
  int runs = 2000;
  int faulty_runs = 500;
  int threads = 2;
};

int positive(std::string_view option, std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1)
    throw std::invalid_argument(fmt::format("{} {}: not a positive number", option, text));
  return number;
}

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--refinements") {
      options.refinements = true;
      continue;
    }
    if (option == "--quick") {
      options.quick = true;
      options.runs = 100;
      options.faulty_runs = 40;
      continue;
    }
    if (i + 1 == argc) throw std::invalid_argument(fmt::format("{}: unknown, or lacks its value", option));
    const std::string_view value = argv[++i];
    if (option == "--check-streams")
      options.check_streams = value;
    else if (option == "--table")
      options.table = value;
    else if (option == "--runs")
      options.runs = positive(option, value);
    else if (option == "--faulty-runs")
      options.faulty_runs = positive(option, value);
    else if (option == "--threads")
      options.threads = positive(option, value);
    else
      throw std::invalid_argument(fmt::format("{}: unknown", option));
  }
  return options;
}

int check_streams_against(const std::string& csv_path) {
  const StreamCheck check = check_streams(csv_path);
  for (const std::string& mismatch : check.mismatches) fmt::print("{}\n", mismatch);
  fmt::print("{} scenarios, {} mismatches\n", check.scenarios, check.mismatches.size());
  return check.mismatches.empty() ? 0 : 1;
}

std::string text_of(const Table& table, Answer answer, int runs) {
  switch (answer) {
    case Answer::false_rollbacks:
      return fmt::format("{}One standard deviation at 1%: {:.2f} points.", false_rollback_table(table),
                         100 * share_error(0.01, runs));
    case Answer::times:
      return fmt::format(
          "{}\"(x%)\": the median was not reached, x% were found; \"!x%\": x% fired before the onset. "
          "{} runs.",
          time_table(table, oracle_ratios()), runs);
    case Answer::shares: return fmt::format("{}{} runs.", share_table(table), runs);
  }
  return {};
}

template <typename S>
Table print_suite(const SuiteOf<S>& suite, const Options& options) {
  const int asked = suite.answer == Answer::times ? options.faulty_runs : options.runs;
  const int runs = std::max(1, asked / suite.runs_divisor);
  Table table{suite.title, suite.label_headings, names_of(suite.detectors), {}};
  for (const auto& cell : suite.cells)
    table.rows.push_back({cell.labels, run_cell(cell, suite.detectors, runs, options.threads)});
  fmt::print("{}\n\n", text_of(table, suite.answer, runs));
  std::fflush(stdout);
  return table;
}

// False when a promise is broken.
bool print_headlines(const std::map<std::string, Table>& tables) {
  bool all_hold = true;
  for (const Headline& headline : headlines(tables)) {
    fmt::print("{}: {}\n", headline.holds ? "holds" : "BROKEN", headline.text);
    all_hold = all_hold && headline.holds;
  }
  return all_hold;
}

using Tables = std::map<std::string, Table>;

template <typename S>
void print_wanted(const std::vector<SuiteOf<S>>& suites, const Options& options, Tables& tables) {
  for (const auto& suite : suites) {
    if (options.table.empty() ? options.quick && suite.runs_divisor > 1 : options.table != suite.name)
      continue;
    tables.emplace(suite.name, print_suite(suite, options));
  }
}

int print_tables(const Options& options) {
  Tables tables;
  print_wanted(all_suites(options.refinements), options, tables);
  print_wanted(latency_suites(), options, tables);
  print_wanted(gauge_suites(), options, tables);
  print_wanted(pass_suites(), options, tables);
  if (tables.empty()) throw std::invalid_argument(fmt::format("--table {}: no such table", options.table));
  return print_headlines(tables) ? 0 : promise_broken;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = options_of(argc, argv);
    return options.check_streams.empty() ? print_tables(options)
                                         : check_streams_against(options.check_streams);
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "davy-detection: {}\n{}", error.what(), usage);
  } catch (const std::exception& error) {
    fmt::print(stderr, "davy-detection: {}\n", error.what());
  }
  return usage_error;
}
