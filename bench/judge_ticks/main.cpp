// davy-judge-ticks: what the judge makes of ticks recorded from real systems.

#include "bench/judge_ticks/report.hpp"
#include "bench/judge_ticks/tick_file.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <fmt/format.h>

namespace {

using namespace davy::judge_ticks;

constexpr int failed = 1;
constexpr int unusable = 2;
constexpr int skipped = 77;  // what ctest is told by SKIP_RETURN_CODE

struct Options {
  std::string folder;
  bool json = false;
  bool gate = false;
  bool skip_absent = false;
};

struct Judged {
  std::vector<Row> rows;
  int unreadable = 0;
};

// Rows are printed as they come.
Judged judge_folder(const Options& options) {
  Judged judged;
  for (const auto& path : find_tick_files(options.folder)) {
    const auto files = read_tick_file(path, path.lexically_relative(options.folder).generic_string());
    if (!files) {
      fmt::print(stderr, "unreadable: {}\n", files.error().message());
      ++judged.unreadable;
      continue;
    }
    for (const TickFile& file : *files) {
      judged.rows.push_back({file.name, file.expected, file.label_confidence, judge_file(file)});
      fmt::print("{}\n", options.json ? json_line(judged.rows.back()) : text_line(judged.rows.back()));
    }
  }
  return judged;
}

int gate_failures(const std::vector<Row>& rows, std::FILE* to) {
  int failures = 0;
  for (const Row& row : rows) {
    const auto failure = gate_failure(row);
    if (!failure) continue;
    if (++failures == 1) fmt::print(to, "\nnot as a sure label says:\n");
    fmt::print(to, "  {}\n", *failure);
  }
  fmt::print(to, "{} of the sure labels are contradicted\n", failures);
  return failures;
}

int run(const Options& options) {
  const Judged judged = judge_folder(options);
  std::FILE* const to = options.json ? stderr : stdout;
  fmt::print(to, "\n{}\n{} judged, {} unreadable\n", totals(judged.rows), judged.rows.size(),
             judged.unreadable);
  const bool gate_open = !options.gate || gate_failures(judged.rows, to) == 0;
  return judged.unreadable == 0 && gate_open ? 0 : failed;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Judges every file of recorded ticks below a folder.");
  Options options;
  app.add_option("folder", options.folder, "where the files are")->required();
  app.add_flag("--json", options.json, "one JSON object a file; the totals go to stderr");
  app.add_flag("--gate", options.gate, "exit with 1 when a sure label is contradicted");
  app.add_flag("--skip-absent", options.skip_absent, "exit with 77 when the folder does not exist");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : unusable;
  }
  try {
    if (!std::filesystem::is_directory(options.folder)) {
      if (options.skip_absent)
        fmt::print("skipped: {} is not here\n", options.folder);
      else
        fmt::print(stderr, "davy-judge-ticks: {}: is not a folder\n", options.folder);
      return options.skip_absent ? skipped : unusable;
    }
    return run(options);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "davy-judge-ticks: {}\n", problem.what());
    return unusable;
  }
}
