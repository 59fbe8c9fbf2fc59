#include "app/doctor/diagnosis.hpp"

#include "app/display_text.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <iterator>

namespace davy::app::doctor {
namespace json = boost::json;
namespace {

constexpr std::size_t subject_columns_max = 28;
constexpr std::size_t text_bytes_max = 1200;

std::size_t count_of(const Diagnoses& all, Level level) {
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](const Diagnosis& d) { return d.level == level; }));
}

std::string_view mark(Level level) {
  switch (level) {
    case Level::ok: return "ok    ";
    case Level::warning: return "warn  ";
    case Level::failure: return "FAIL  ";
  }
  return "";
}

}  // namespace

std::string_view word_for(Level level) {
  switch (level) {
    case Level::ok: return "ok";
    case Level::warning: return "warning";
    case Level::failure: return "failure";
  }
  return "";
}

void append(Diagnoses& to, Diagnoses more) { std::move(more.begin(), more.end(), std::back_inserter(to)); }

bool any_failure(const Diagnoses& all) { return count_of(all, Level::failure) > 0; }

std::string summary(const Diagnoses& all) {
  const std::size_t failures = count_of(all, Level::failure), warnings = count_of(all, Level::warning);
  return fmt::format("{} {}, {}, {} ok", failures, failures == 1 ? "fails" : "fail",
                     counted(static_cast<double>(warnings), "warning"), count_of(all, Level::ok));
}

std::string to_lines(const Diagnoses& all) {
  std::size_t columns = 0;
  for (const Diagnosis& d : all)
    columns = std::max(columns, std::min(subject_columns_max, display_width(printable(d.subject))));
  std::string lines;
  for (const Diagnosis& d : all) {
    lines += fmt::format("{}{}  {}", mark(d.level), padded(printable(d.subject), columns),
                         printable(d.text, text_bytes_max));
    if (!d.next.empty()) lines += "; " + printable(d.next, text_bytes_max);
    lines += '\n';
  }
  return lines + summary(all) + '\n';
}

std::string to_json(const std::string& policy, const Diagnoses& all) {
  json::array findings;
  for (const Diagnosis& d : all) {
    json::object finding;
    finding["level"] = json::value(std::string(word_for(d.level)));
    finding["subject"] = json::value(printable(d.subject));
    finding["text"] = json::value(printable(d.text, text_bytes_max));
    finding["next"] = json::value(printable(d.next, text_bytes_max));
    findings.push_back(std::move(finding));
  }
  json::object out;
  out["policy"] = json::value(printable(policy, 4096));
  out["healthy"] = !any_failure(all);
  out["failures"] = count_of(all, Level::failure);
  out["warnings"] = count_of(all, Level::warning);
  out["findings"] = std::move(findings);
  return json::serialize(out);
}

std::string some_of(const std::vector<std::string>& names, std::size_t shown_max) {
  std::vector<std::string> shown;
  for (const std::string& name : names) {
    if (shown.size() == shown_max) break;
    shown.push_back(printable(name, 80));
  }
  const std::size_t rest = names.size() - shown.size();
  if (rest > 0) shown.push_back(fmt::format("{} more", rest));
  return join_spoken(shown);
}

}  // namespace davy::app::doctor
