#include "collector/promql/query_answer.hpp"

#include "collector/parse/number.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::collector {
namespace json = boost::json;
namespace {

constexpr std::size_t depth_max = 16;
constexpr std::size_t piece_bytes = 256 * 1024;
constexpr std::size_t shown_bytes = 300;

Error unreadable(std::string_view why) {
  return Error(ErrorKind::malformed, fmt::format("the answer cannot be read: {}", why), "parse");
}

// The parser's memory is given back as a whole with `storage`.
Result<json::value> parse(std::string_view text, const json::storage_ptr& storage) {
  json::parse_options options;
  options.max_depth = depth_max;
  json::stream_parser parser(storage, options);
  json::error_code ec;
  for (std::size_t at = 0; at < text.size() && !ec; at += piece_bytes)
    parser.write(text.substr(at, piece_bytes), ec);
  if (!ec) parser.finish(ec);
  if (ec) return unreadable("no JSON: " + ec.message());
  return parser.release();
}

const json::value* member(const json::value& value, std::string_view key) {
  const auto* object = value.if_object();
  return object == nullptr ? nullptr : object->if_contains(key);
}

std::string_view text_of(const json::value* value) {
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

// [1795271874.229, "50"]
std::optional<Point> read_point(const json::value& value) {
  const auto* pair = value.if_array();
  if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_number()) return std::nullopt;
  const std::string_view text = text_of(&(*pair)[1]);
  const auto number = parse_number(text, Overflow::saturate);
  if (!number) return std::nullopt;
  return Point{(*pair)[0].to_number<double>(), *number};
}

bool read_labels(const json::value* metric, RawSeries& series) {
  const auto* object = metric == nullptr ? nullptr : metric->if_object();
  if (object == nullptr) return false;
  std::vector<Labels::Pair> pairs;
  for (const auto& [name, value] : *object) {
    if (!value.is_string()) return false;
    if (name == "__name__") {
      series.name = std::string(text_of(&value));
    } else {
      pairs.emplace_back(std::string(name), std::string(text_of(&value)));
    }
  }
  series.labels = Labels(std::move(pairs));
  return true;
}

// Native histograms have no values but `histograms`; they are series without points.
bool read_points(const json::value& item, RawSeries& series) {
  if (const json::value* one = member(item, "value")) {
    const auto point = read_point(*one);
    if (point) series.points.push_back(*point);
    return point.has_value();
  }
  const json::value* many = member(item, "values");
  if (many == nullptr) return true;
  const auto* list = many->if_array();
  if (list == nullptr) return false;
  series.points.reserve(list->size());
  for (const json::value& value : *list) {
    const auto point = read_point(value);
    if (!point) return false;
    series.points.push_back(*point);
  }
  return true;
}

std::optional<ResultType> read_type(std::string_view text) {
  for (const ResultType type :
       {ResultType::vector, ResultType::matrix, ResultType::scalar, ResultType::string}) {
    if (text == to_text(type)) return type;
  }
  return std::nullopt;
}

// `warnings` are Prometheus' and Thanos' words, isPartial is VictoriaMetrics'. `infos` are remarks on the
// query.
std::string partial_of(const json::value& root) {
  const json::value* warnings = member(root, "warnings");
  if (warnings != nullptr && warnings->is_array() && !warnings->get_array().empty())
    return printable(text_of(&warnings->get_array().front()), shown_bytes);
  const json::value* partial = member(root, "isPartial");
  if (partial != nullptr && partial->is_bool() && partial->get_bool()) return "isPartial";
  return {};
}

}  // namespace

std::string_view to_text(ResultType type) {
  switch (type) {
    case ResultType::vector: return "vector";
    case ResultType::matrix: return "matrix";
    case ResultType::scalar: return "scalar";
    case ResultType::string: return "string";
  }
  return "vector";
}

Result<QueryAnswer> read_answer(std::string_view body, std::size_t series_max) {
  json::monotonic_resource memory;
  const auto root = parse(body, &memory);
  if (!root) return root.error();
  if (text_of(member(*root, "status")) != "success") return unreadable("its status is not success");
  const json::value* data = member(*root, "data");
  const json::value* result = data == nullptr ? nullptr : member(*data, "result");
  const auto type = read_type(text_of(data == nullptr ? nullptr : member(*data, "resultType")));
  if (!type || result == nullptr || !result->is_array()) return unreadable("it has no result");
  QueryAnswer answer;
  answer.type = *type;
  answer.partial = partial_of(*root);
  if (*type == ResultType::string) return answer;
  if (*type == ResultType::scalar) {
    const auto point = read_point(*result);
    if (!point) return unreadable("a scalar is no number");
    answer.series.push_back({"", {}, {*point}});
    return answer;
  }
  const json::array& items = result->get_array();
  if (items.size() > series_max) {
    return Error(ErrorKind::over_limit,
                 fmt::format("{} series are more than sample_limit ({}); narrow the selectors or `where`",
                             items.size(), series_max),
                 "sample_limit");
  }
  answer.series.reserve(items.size());
  for (const json::value& item : items) {
    RawSeries series;
    if (!read_labels(member(item, "metric"), series) || !read_points(item, series))
      return unreadable("a series has no labels or a point that is no number");
    answer.series.push_back(std::move(series));
  }
  return answer;
}

std::string error_text(std::string_view body) {
  json::monotonic_resource memory;
  if (const auto root = parse(body, &memory)) {
    const std::string_view said = text_of(member(*root, "error"));
    if (!said.empty()) return printable(said, shown_bytes);
  }
  return printable(trim(body.substr(0, shown_bytes)), shown_bytes);
}

}  // namespace davy::collector
