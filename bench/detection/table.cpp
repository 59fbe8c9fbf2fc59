#include "bench/detection/table.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>

namespace davy::bench {
namespace {

constexpr double slow_oracle_s = 20;

std::string line_of(const std::vector<std::string>& cells) {
  return fmt::format("| {} |\n", fmt::join(cells, " | "));
}

std::string head_of(const std::string& title, const std::vector<std::string>& headings) {
  std::string text = fmt::format("### {}\n\n{}", title, line_of(headings));
  for (std::size_t i = 0; i < headings.size(); ++i) text += "|---";
  return text + "|\n";
}

// A column for each detector.
std::string head_of(const Table& table, std::vector<std::string> headings,
                    const std::vector<std::string>& more = {}) {
  headings.insert(headings.end(), table.detectors.begin(), table.detectors.end());
  headings.insert(headings.end(), more.begin(), more.end());
  return head_of(table.title, headings);
}

std::string worst_of(const Table& table, std::size_t detector) {
  const auto worst =
      std::max_element(table.rows.begin(), table.rows.end(), [&](const TableRow& a, const TableRow& b) {
        return a.outcomes[detector].fired() < b.outcomes[detector].fired();
      });
  const Outcome& outcome = worst->outcomes[detector];
  return fmt::format("{} {:.1f}% +-{:.1f} ({})", table.detectors[detector], 100 * outcome.fired(),
                     100 * share_error(outcome.fired(), outcome.runs), fmt::join(worst->labels, ", "));
}

struct RatioColumn {
  std::string heading;
  std::size_t detector;
  std::size_t oracle;
};

std::vector<RatioColumn> ratio_columns(const Table& table, const std::vector<OracleRatio>& ratios) {
  const auto& names = table.detectors;
  std::vector<RatioColumn> columns;
  for (const OracleRatio& ratio : ratios) {
    const auto detector = std::find(names.begin(), names.end(), ratio.detector);
    const auto oracle = std::find(names.begin(), names.end(), ratio.oracle);
    if (detector == names.end() || oracle == names.end()) continue;
    columns.push_back({ratio.detector + "/" + ratio.oracle,
                       static_cast<std::size_t>(detector - names.begin()),
                       static_cast<std::size_t>(oracle - names.begin())});
  }
  return columns;
}

std::optional<double> ratio_in(const TableRow& row, const RatioColumn& column) {
  const auto time = row.outcomes[column.detector].quantile(0.5);
  const auto best = row.outcomes[column.oracle].quantile(0.5);
  if (!time || !best) return std::nullopt;
  return *time / *best;
}

// "median 1.89, max 2.38 (18 cells)"; the median of an even number is the lower one.
std::string spread_of(std::vector<double> ratios) {
  if (ratios.empty()) return "no cell";
  std::sort(ratios.begin(), ratios.end());
  return fmt::format("median {:.2f}, max {:.2f} ({} cells)", ratios[(ratios.size() - 1) / 2], ratios.back(),
                     ratios.size());
}

std::string ratios_of(const Table& table, const RatioColumn& column) {
  std::vector<double> all, slow;
  for (const TableRow& row : table.rows) {
    const auto ratio = ratio_in(row, column);
    if (!ratio) continue;
    all.push_back(*ratio);
    if (*row.outcomes[column.oracle].quantile(0.5) >= slow_oracle_s) slow.push_back(*ratio);
  }
  return fmt::format("{}: {}; where the oracle needs {:g} s or more: {}\n", column.heading, spread_of(all),
                     slow_oracle_s, spread_of(slow));
}

}  // namespace

std::string false_rollback_table(const Table& table) {
  std::vector<std::string> headings = table.label_headings;
  headings.push_back("runs");
  std::string text = head_of(table, headings);
  for (const TableRow& row : table.rows) {
    std::vector<std::string> cells = row.labels;
    cells.push_back(row.outcomes.empty() ? "0" : fmt::to_string(row.outcomes.front().runs));
    for (const Outcome& outcome : row.outcomes) cells.push_back(fmt::format("{:.1f}", 100 * outcome.fired()));
    text += line_of(cells);
  }
  if (table.rows.empty()) return text;
  std::vector<std::string> worst;
  for (std::size_t i = 0; i < table.detectors.size(); ++i) worst.push_back(worst_of(table, i));
  return text + fmt::format("\nWorst cell: {}\n", fmt::join(worst, "; "));
}

std::string time_table(const Table& table, const std::vector<OracleRatio>& ratios) {
  const auto columns = ratio_columns(table, ratios);
  std::vector<std::string> ratio_headings;
  for (const RatioColumn& column : columns) ratio_headings.push_back(column.heading);
  std::string text = head_of(table, table.label_headings, ratio_headings);
  for (const TableRow& row : table.rows) {
    std::vector<std::string> cells = row.labels;
    for (const Outcome& outcome : row.outcomes) cells.push_back(time_text(outcome));
    for (const RatioColumn& column : columns) {
      const auto ratio = ratio_in(row, column);
      cells.push_back(ratio ? fmt::format("{:.2f}", *ratio) : "-");
    }
    text += line_of(cells);
  }
  if (!columns.empty()) text += "\n";
  for (const RatioColumn& column : columns) text += ratios_of(table, column);
  return text;
}

std::string share_table(const Table& table) {
  std::vector<std::string> headings = table.label_headings;
  for (const std::string& detector : table.detectors) {
    headings.push_back(detector + " %");
    headings.push_back(detector + " s");
  }
  std::string text = head_of(table.title, headings);
  for (const TableRow& row : table.rows) {
    std::vector<std::string> cells = row.labels;
    for (const Outcome& outcome : row.outcomes) {
      const auto median = outcome.quantile(0.5);
      cells.push_back(fmt::format("{:.1f}", 100 * outcome.fired()));
      cells.push_back(median ? fmt::format("{:.0f}", *median) : "-");
    }
    text += line_of(cells);
  }
  return text;
}

std::string time_text(const Outcome& outcome) {
  const auto median = outcome.quantile(0.5);
  const auto p90 = outcome.quantile(0.9);
  std::string text = median ? fmt::format("{:.0f}/{}", *median, p90 ? fmt::format("{:.0f}", *p90) : "-")
                            : fmt::format("({:.0f}%)", 100 * outcome.detected());
  if (outcome.early > 0) text += fmt::format(" !{:.0f}%", 100 * outcome.early_share());
  return text;
}

}  // namespace davy::bench
