#include "collector/promql/one_number.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace davy::collector {
namespace {

constexpr std::size_t named_max = 3;

std::string labels_of(const std::vector<RawSeries>& all) {
  std::vector<std::string> named;
  for (const RawSeries& series : all) {
    if (named.size() == named_max) {
      named.push_back(fmt::format("{} more", all.size() - named_max));
      break;
    }
    named.push_back(series.name + printable(davy::to_text(series.labels), 200));
  }
  return join_spoken(named);
}

}  // namespace

Result<double> one_number(const QueryAnswer& answer) {
  if (answer.type == ResultType::matrix || answer.type == ResultType::string) {
    return Error(
        ErrorKind::invalid,
        fmt::format("the query gives a {} where one number is needed; {}", to_text(answer.type),
                    answer.type == ResultType::matrix ? "wrap the range in a function like avg_over_time()"
                                                      : "write one that gives a number"),
        "type");
  }
  if (answer.series.size() > 1) {
    return Error(ErrorKind::invalid,
                 fmt::format("the query gives {} series where one is needed: {}; aggregate them, like sum() "
                             "or max()",
                             answer.series.size(), labels_of(answer.series)),
                 "series");
  }
  if (answer.series.empty() || answer.series.front().points.empty())
    return Error(ErrorKind::not_found, "the query gives nothing", "no_data");
  const double value = answer.series.front().points.back().value;
  if (!std::isfinite(value)) {
    return Error(ErrorKind::not_found,
                 fmt::format("the query gives {}", std::isnan(value) ? "NaN" : "infinity"), "no_data");
  }
  return value;
}

}  // namespace davy::collector
