#include "collector/parse/prometheus_text.hpp"

#include "collector/parse/characters.hpp"
#include "collector/parse/label_reader.hpp"
#include "collector/parse/line_scanner.hpp"
#include "collector/parse/metric_types.hpp"
#include "collector/parse/number.hpp"
#include "collector/parse/text_families.hpp"
#include "core/base/text.hpp"

#include <optional>

namespace davy::collector {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

void skip_blanks(const char*& at, const char* end) {
  while (at != end && is_blank(*at)) ++at;
}

std::string_view next_token(const char*& at, const char* end) {
  skip_blanks(at, end);
  const char* const first = at;
  while (at != end && !is_blank(*at)) ++at;
  return {first, static_cast<std::size_t>(at - first)};
}

class TextParser {
 public:
  TextParser(std::string_view body, const ExpositionLimits& limits, SampleSink& sink)
      : lines_(body),
        limits_(limits),
        sink_(sink),
        labels_(text_labels, limits),
        families_(body),
        is_ascii_(is_ascii(body)) {}

  Result<ExpositionSummary> run() {
    std::string_view line;
    while (lines_.next(line)) {
      if (const Complaint complaint = read(line)) return refusal(lines_.number(), line, complaint);
    }
    summary_.lines = lines_.number();
    return summary_;
  }

 private:
  Complaint read(std::string_view line) {
    const char* at = line.data();
    const char* end = at + line.size();
    if (at != end && end[-1] == '\r') --end;
    skip_blanks(at, end);
    if (at == end) return {};
    if (*at == '#') return comment(at + 1, end);
    if (!is_ascii_ && !is_utf8(line)) return {"not UTF-8"};
    return sample(at, end);
  }

  // "# HELP name text", "# TYPE name type", or a comment like any other.
  Complaint comment(const char* at, const char* end) {
    if (at == end || !is_blank(*at)) return {};
    const std::string_view keyword = next_token(at, end);
    const bool is_type = keyword == "TYPE";
    if (!is_type && keyword != "HELP") return {};
    if (!is_ascii_ && !is_utf8({at, static_cast<std::size_t>(end - at)})) return {"not UTF-8"};
    skip_blanks(at, end);
    if (at == end) return is_type ? Complaint{"TYPE without a metric name"} : Complaint{};
    std::string_view name;
    if (*at == '"') {
      labels_.clear();
      if (const Complaint complaint = labels_.read_quoted(at, end, name)) return complaint;
      if (name.empty() || (at != end && !is_blank(*at))) return {"the metric name is not valid"};
    } else {
      name = next_token(at, end);
      if (!is_metric_name(name)) return {"the metric name is not valid"};
    }
    if (!is_type) return {};
    const auto type = text_type(next_token(at, end));
    skip_blanks(at, end);
    if (!type || at != end) return {"not a metric type"};
    families_.declare(name, *type);
    return {};
  }

  Complaint sample(const char* at, const char* end) {
    if (limits_.samples != 0 && summary_.samples >= limits_.samples) {
      return {"more samples than sample_limit", "sample_limit"};
    }
    SampleView sample;
    const char* const first = at;
    const char* const name_end = end_of_metric_name(at, end);
    sample.name = {first, static_cast<std::size_t>(name_end - first)};
    at = name_end;
    skip_blanks(at, end);
    if (at != end && *at == '{') {
      ++at;
      if (const Complaint complaint = labels_.read(at, end)) return complaint;
      if (labels_.metric_name()) {
        if (!sample.name.empty()) return {"the metric name is given more than once"};
        sample.name = *labels_.metric_name();
      }
      sample.labels = labels_.labels();
      sample.source = {first, static_cast<std::size_t>(at - first)};
    } else {
      if (at == name_end && at != end) return {"the metric name is not valid"};
      sample.source = sample.name;
    }
    if (sample.name.empty()) return {"a metric name is missing or not valid"};
    if (const Complaint complaint = value_and_time(at, end, sample)) return complaint;
    ++summary_.samples;
    if (!wants(sample.name)) return {};
    sample.type = families_.type_of(sample.name);
    sink_.take(sample);
    return {};
  }

  Complaint value_and_time(const char* at, const char* end, SampleView& sample) {
    const auto value = parse_number(next_token(at, end), Overflow::refuse);
    if (!value) return {"the value is missing or not a number"};
    sample.value = *value;
    const std::string_view time = next_token(at, end);
    if (time.empty()) return {};
    sample.at = parse_milliseconds(time);
    if (!sample.at) return {"the timestamp is not a whole number of milliseconds"};
    ++summary_.timestamped;
    skip_blanks(at, end);
    return at == end ? Complaint{} : Complaint{"something is behind the timestamp"};
  }

  // A family's samples stand together, so the last answer is nearly always the next one too.
  bool wants(std::string_view name) {
    if (name != last_name_) {
      last_wanted_ = sink_.wants(name);
      last_name_ =
          labels_.metric_name() ? std::string_view() : name;  // a resolved name does not outlive its line
    }
    return last_wanted_;
  }

  LineScanner lines_;
  ExpositionLimits limits_;
  SampleSink& sink_;
  LabelReader labels_;
  TextFamilies families_;
  ExpositionSummary summary_;
  std::string_view last_name_;
  bool last_wanted_ = false;
  bool is_ascii_;
};

}  // namespace

Result<ExpositionSummary> parse_prometheus_text(std::string_view body, const ExpositionLimits& limits,
                                                SampleSink& sink) {
  return TextParser(body, limits, sink).run();
}

}  // namespace davy::collector
