#include "config/import/translate.hpp"

#include "config/import/query_shape.hpp"
#include "core/base/duration_text.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <re2/re2.h>

namespace davy::config::imported {
namespace {

bool is_readable(const Selector& selector) {
  return std::all_of(selector.matchers.begin(), selector.matchers.end(), [](const LabelMatcher& matcher) {
    const bool pattern = matcher.kind == MatchKind::regex || matcher.kind == MatchKind::not_regex;
    return !pattern || re2::RE2(matcher.value, re2::RE2::Quiet).ok();
  });
}

// 0.0005 % is the least that is written as a share: what lies below is for the query itself.
std::optional<std::string> percent(double share) {
  const double rounded = std::round(share * 1e8) / 1e6;
  if (std::abs(rounded - share * 100) > 1e-7 || rounded < 0) return std::nullopt;
  return plain_number(rounded) + "%";
}

struct HistogramUnit {
  double per_second = 1;
  std::string said;  // what has to be written
  bool guessed = false;
};

HistogramUnit unit_of(const std::string& histogram) {
  constexpr std::array<std::pair<std::string_view, double>, 7> ends{{{"_seconds", 1},
                                                                     {"_milliseconds", 1e3},
                                                                     {"_ms", 1e3},
                                                                     {"_microseconds", 1e6},
                                                                     {"_us", 1e6},
                                                                     {"_nanoseconds", 1e9},
                                                                     {"_ns", 1e9}}};
  for (const auto& [end, per_second] : ends)
    if (histogram.ends_with(end)) return {per_second, "", false};
  if (histogram.starts_with("envoy_") && histogram.ends_with("_time")) return {1e3, "milliseconds", false};
  return {1, "", true};
}

struct Translation {
  const QueryLimits& limits;
  std::vector<Remark>& remarks;
  std::string query;
  std::optional<Expression> expression;
  QueryShape shape;
  std::vector<CheckDraft> checks;

  std::string where() const { return fmt::format("check '{}'", limits.name); }

  CheckDraft named() const {
    CheckDraft check;
    check.name = limits.name;
    check.notes = shape.notes;
    return check;
  }

  void add(CheckDraft check) {
    for (const std::string& note : check.notes)
      remarks.push_back({where(), "an approximation: " + note, "", ""});
    checks.push_back(std::move(check));
  }

  // At most `limit` of the events are bad.
  bool add_ratio(const Selector& errors, double limit) {
    if (!is_share(errors, shape.denominator) || !is_readable(errors) || !is_readable(shape.denominator))
      return false;
    const auto max = percent(limit);
    if (!max || limit >= 1) return false;
    CheckDraft check = named();
    check.kind = CheckDraft::Kind::ratio;
    check.errors = to_text(errors);
    check.total = to_text(shape.denominator);
    check.max = *max;
    add(std::move(check));
    return true;
  }

  bool as_ratio(double bound, bool upper) {
    const double share = (bound - shape.offset) / shape.scale;
    const bool counts_errors = upper == (shape.scale > 0);
    if (counts_errors ? share >= 1 : share <= 0) return is_never_reached();
    if (counts_errors) return add_ratio(shape.numerator, share);
    const auto rest = rest_of(shape.denominator, shape.numerator);
    return rest && add_ratio(*rest, 1 - share);
  }

  bool is_never_reached() {
    if (!is_share(shape.numerator, shape.denominator)) return false;
    remarks.push_back(
        {where(), "its limit", "a share of events never reaches it", "look at its units: 5 or 0.05?"});
    return true;
  }

  bool as_latency(double bound, bool upper) {
    if (!upper || shape.scale < 0 || shape.offset != 0 || !is_readable(shape.histogram)) return false;
    const HistogramUnit unit = unit_of(shape.histogram.metric);
    const double limit_seconds = bound / shape.scale / unit.per_second;
    if (!(limit_seconds > 0 && limit_seconds < 1e6)) return false;
    const std::string max = davy::to_text(from_seconds(limit_seconds));
    const auto read = parse_duration(max);
    if (!read || std::abs(seconds(*read) - limit_seconds) > 1e-6 * limit_seconds) return false;
    CheckDraft check = named();
    check.kind = CheckDraft::Kind::latency;
    check.histogram = to_text(shape.histogram);
    check.quantile = shape.quantile;
    check.unit = unit.said;
    check.max = max;
    if (unit.guessed)
      check.notes.push_back(
          fmt::format("the name {} does not say its unit: shown as seconds, compared as written",
                      shape.histogram.metric));
    add(std::move(check));
    return true;
  }

  // Of several series the worst one counts.
  std::string single(bool upper, CheckDraft& check) const {
    if (expression && is_single(*expression)) return query;
    if (!expression) {
      check.notes.push_back(
          "the query could not be read and is carried over as it is; it has to give one number");
      return query;
    }
    check.notes.push_back("of several series the worst one counts");
    return fmt::format("{}({})", upper ? "max" : "min", query);
  }

  void as_query(double bound, bool upper) {
    CheckDraft check;
    check.name = limits.name;
    check.kind = CheckDraft::Kind::promql;
    const std::string one = single(upper, check);
    check.canary = upper ? one : fmt::format("{} - ({})", plain_number(bound), one);
    check.max = upper ? plain_number(bound) : "0";
    if (!upper) {
      check.notes.push_back(
          fmt::format("at least {}, written as how far the value is below it", plain_number(bound)));
    } else if (bound < 0) {
      check.canary = fmt::format("({}) + {}", one, plain_number(-bound));
      check.max = "0";
    }
    add(std::move(check));
  }

  void bound(double value, bool upper) {
    if (shape.kind == QueryShape::Kind::ratio && as_ratio(value, upper)) return;
    if (shape.kind == QueryShape::Kind::quantile && as_latency(value, upper)) return;
    as_query(value, upper);
  }
};

bool is_duration_place(std::string_view before) {
  before = trim(before);
  return !before.empty() && before.back() == '[';
}

}  // namespace

std::vector<CheckDraft> translate(const QueryLimits& limits, std::vector<Remark>& remarks) {
  Translation translation{limits, remarks, one_line(limits.query), {}, {}, {}};
  translation.expression = parse_promql(translation.query);
  if (translation.expression) translation.shape = shape_of(*translation.expression);
  if (limits.healthy.max) translation.bound(*limits.healthy.max, true);
  if (limits.healthy.min) translation.bound(*limits.healthy.min, false);
  if (translation.checks.size() == 2) translation.checks[1].name += "-at-least";
  return std::move(translation.checks);
}

std::string fill_in(std::string_view text, const std::map<std::string, std::string>& values,
                    std::string_view strip, const std::string& where, std::vector<Remark>& remarks) {
  std::string out;
  while (true) {
    const std::size_t begin = text.find("{{");
    const std::size_t end = begin == std::string_view::npos ? begin : text.find("}}", begin);
    if (end == std::string_view::npos) return out.append(text);
    out.append(text.substr(0, begin));
    std::string_view name = trim(text.substr(begin + 2, end - begin - 2));
    if (name.starts_with(strip)) name.remove_prefix(strip.size());
    if (name.starts_with('.')) name.remove_prefix(1);
    const auto known = values.find(std::string(name));
    if (known != values.end()) {
      out += known->second;
    } else if (is_duration_place(out)) {
      out += "5m";
      remarks.push_back({where, fmt::format("{{{{ {} }}}}", name), "its value is not in the files",
                         "5m stands in its place: give it with --arg NAME=VALUE"});
    } else {
      std::string stand_in = "CHANGE-ME-" + std::string(name);
      for (char& c : stand_in)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_') c = '-';
      out += stand_in;
      remarks.push_back(
          {where, fmt::format("{{{{ {} }}}}", name), "its value is not in the files",
           fmt::format("give it with --arg NAME=VALUE, or replace {} in the policy", stand_in)});
    }
    text.remove_prefix(end + 2);
  }
}

std::string plain_number(double value) {
  std::string text = fmt::format("{:.9f}", value);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace davy::config::imported
