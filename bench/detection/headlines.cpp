#include "bench/detection/headlines.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <optional>

namespace davy::bench {
namespace {

constexpr double sigmas = 3;

using Rows = std::function<bool(const TableRow&)>;

std::optional<std::size_t> column(const Table& table, std::string_view detector) {
  const auto found = std::find(table.detectors.begin(), table.detectors.end(), detector);
  if (found == table.detectors.end()) return std::nullopt;
  return static_cast<std::size_t>(found - table.detectors.begin());
}

const std::string& label(const TableRow& row, std::size_t i) { return row.labels.at(i); }

// No cell may have more false rollbacks than the bound explains: with dozens of cells the largest is far out.
void no_cell_above(std::vector<Headline>& out, const Table& table, std::string_view detector, double bound,
                   std::string_view what, const Rows& wanted) {
  const auto at = column(table, detector);
  if (!at) return;
  double fired = 0, runs = 0, worst = 0;
  int worst_runs = 1;
  std::string worst_cell;
  double cells = 0;
  for (const TableRow& row : table.rows) {
    if (!wanted(row)) continue;
    const Outcome& outcome = row.outcomes[*at];
    fired += outcome.fired() * outcome.runs;
    runs += outcome.runs;
    ++cells;
    if (outcome.fired() < worst) continue;
    worst = outcome.fired();
    worst_runs = outcome.runs;
    worst_cell = fmt::format("{}", fmt::join(row.labels, ", "));
  }
  if (runs == 0) return;
  // The largest of so many cells lies about sqrt(2 ln cells) deviations out even when all are at the bound.
  const double far = std::sqrt(2 * std::log(cells)) + 1;
  const double allowed = bound + far * share_error(bound, worst_runs);
  out.push_back(
      {fmt::format("{}, {}: {:.2f}% of {} runs, bound {:.1f}%; worst cell {:.2f}% ({}), allowed {:.2f}%",
                   detector, what, 100 * fired / runs, runs, 100 * bound, 100 * worst, worst_cell,
                   100 * allowed),
       fired / runs <= bound + sigmas * share_error(bound, static_cast<int>(runs)) && worst <= allowed});
}

void time_at_most(std::vector<Headline>& out, const Table& table, std::string_view detector, double seconds,
                  std::string_view what, const Rows& wanted) {
  const auto at = column(table, detector);
  if (!at) return;
  for (const TableRow& row : table.rows) {
    if (!wanted(row)) continue;
    const auto median = row.outcomes[*at].quantile(0.5);
    out.push_back(
        {fmt::format("{}, {} ({}): median {}, bound {:g} s", detector, what, fmt::join(row.labels, ", "),
                     median ? fmt::format("{:g} s", *median) : "never", seconds),
         median && *median <= seconds});
  }
}

void oracle_ratio_at_most(std::vector<Headline>& out, const Table& table, double bound) {
  const auto at = column(table, "REC"), oracle = column(table, "oracle1");
  if (!at || !oracle) return;
  std::vector<double> ratios;
  int runs = 1;
  for (const TableRow& row : table.rows) {
    if (label(row, 2) == "x1.5") continue;
    const auto best = row.outcomes[*oracle].quantile(0.5), time = row.outcomes[*at].quantile(0.5);
    runs = row.outcomes[*at].runs;
    if (best && time && *best >= 20) ratios.push_back(*time / *best);
  }
  if (ratios.empty()) return;
  std::sort(ratios.begin(), ratios.end());
  const double median = ratios[(ratios.size() - 1) / 2];
  // A median of few runs strays by about 1.25 / sqrt(runs) of its spread, which is about itself.
  const double allowed = bound * (1 + 1.25 / std::sqrt(runs * static_cast<double>(ratios.size())) * sigmas);
  out.push_back(
      {fmt::format("REC / oracle1, effects of x2 and more where the oracle needs 20 s or more: median {:.2f} "
                   "of {} cells, bound {:.2f}, allowed {:.2f}",
                   median, ratios.size(), bound, allowed),
       median <= allowed});
}

void found_in_most(std::vector<Headline>& out, const Table& table, std::string_view detector,
                   std::string_view what, const Rows& wanted) {
  const auto at = column(table, detector);
  if (!at) return;
  double found = 0, runs = 0;
  for (const TableRow& row : table.rows) {
    if (!wanted(row)) continue;
    found += row.outcomes[*at].detected() * row.outcomes[*at].runs;
    runs += row.outcomes[*at].runs;
  }
  if (runs == 0) return;
  out.push_back({fmt::format("{}, {}: found in {:.0f}% of {} runs, bound 50%", detector, what,
                             100 * found / runs, runs),
                 found / runs > 0.5});
}

// Worlds in which a canary can be told from a healthy one: not while an outage has reached it alone, and not
// beside members that are ill themselves.
bool is_tellable(const TableRow& row) {
  return label(row, 0) != "staggered outage" && label(row, 0) != "bad member" &&
         label(row, 0) != "nearly clean";
}

}  // namespace

std::vector<Headline> headlines(const std::map<std::string, Table>& tables) {
  std::vector<Headline> out;
  const auto with = [&](const char* name, auto use) {
    const auto found = tables.find(name);
    if (found != tables.end()) use(found->second);
  };
  with("false", [&](const Table& table) {
    const auto usual = [](const TableRow& row) { return label(row, 0) != "blip"; };
    no_cell_above(out, table, "POL", 0.01, "healthy, all conditions but blip", usual);
    no_cell_above(out, table, "REC", 0.015, "healthy, all conditions but blip", usual);
  });
  with("time", [&](const Table& table) {
    oracle_ratio_at_most(out, table, 1.9);
    const auto failing = [](const TableRow& row) { return label(row, 2) == "100%" && label(row, 3) == "5"; };
    time_at_most(out, table, "POL", 10, "every request fails at 5 a second", failing);
    time_at_most(out, table, "REC", 10, "every request fails at 5 a second", failing);
  });
  for (const char* members : {"1", "2", "3", "5", "10"}) {
    with("worlds", [&](const Table& table) {
      no_cell_above(out, table, "POL", 0.01, fmt::format("other worlds, {} members", members),
                    [&](const TableRow& row) {
                      return label(row, 1) == members && label(row, 0) != "staggered outage";
                    });
    });
  }
  with("worlds-time", [&](const Table& table) {
    found_in_most(out, table, "POL", "+3pp at 50 requests/s beside two members", [](const TableRow& row) {
      return label(row, 1) == "2" && label(row, 2) == "+3pp" && is_tellable(row);
    });
  });
  return out;
}

}  // namespace davy::bench
