#include "collector/parse/openmetrics_text.hpp"

#include "collector/parse/characters.hpp"
#include "collector/parse/label_reader.hpp"
#include "collector/parse/line_scanner.hpp"
#include "collector/parse/native_histogram.hpp"
#include "collector/parse/number.hpp"
#include "collector/parse/openmetrics_family.hpp"
#include "core/base/text.hpp"

#include <algorithm>

namespace davy::collector {
namespace {

constexpr std::size_t exemplar_characters_max = 128;

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// The text up to the next space.
std::string_view next_word(const char*& at, const char* end) {
  const char* const first = at;
  while (at != end && *at != ' ') ++at;
  return {first, static_cast<std::size_t>(at - first)};
}

bool skip(const char*& at, const char* end, std::string_view expected) {
  if (!std::string_view(at, static_cast<std::size_t>(end - at)).starts_with(expected)) return false;
  at += expected.size();
  return true;
}

class OpenMetricsParser {
 public:
  OpenMetricsParser(std::string_view body, const ExpositionLimits& limits, SampleSink& sink)
      : lines_(body),
        limits_(limits),
        sink_(sink),
        labels_(openmetrics_labels, limits),
        exemplar_labels_(openmetrics_labels, {}),
        is_ascii_(is_ascii(body)) {}

  Result<ExpositionSummary> run() {
    std::string_view line;
    bool at_eof = false;
    while (lines_.next(line)) {
      Complaint complaint;
      if (at_eof) {
        complaint = {"something is behind # EOF"};
      } else if (line == "# EOF") {
        at_eof = true;
        complaint = family_.finish();
      } else {
        complaint = read(line);
      }
      if (complaint) return refusal(lines_.number(), line, complaint);
    }
    if (!at_eof) return refusal(lines_.number(), line, {"# EOF is missing behind this line"});
    sink_.group_created(created_);
    summary_.lines = lines_.number();
    return summary_;
  }

 private:
  Complaint read(std::string_view line) {
    if (line.empty()) return {"a blank line"};
    if (!is_ascii_ && !is_utf8(line)) return {"not UTF-8"};
    const char* const at = line.data();
    const char* const end = at + line.size();
    return *at == '#' ? metadata(at, end) : sample(at, end);
  }

  Complaint metadata(const char* at, const char* end) {
    OpenMetricsFamily::Metadata kind{};
    if (skip(at, end, "# HELP ")) {
      kind = OpenMetricsFamily::Metadata::help;
    } else if (skip(at, end, "# TYPE ")) {
      kind = OpenMetricsFamily::Metadata::type;
    } else if (skip(at, end, "# UNIT ")) {
      kind = OpenMetricsFamily::Metadata::unit;
    } else {
      return {"a comment that is not HELP, TYPE, UNIT or EOF"};
    }
    std::string_view name;
    if (at != end && *at == '"') {
      labels_.clear();
      if (const Complaint complaint = labels_.read_quoted(at, end, name)) return complaint;
      if (name.empty()) return {"the metric name is empty"};
    } else {
      name = next_word(at, end);
      if (!is_metric_name(name)) return {"the metric name is not valid"};
    }
    if (!skip(at, end, " ")) return {"the metadata's text is missing"};
    return family_.metadata(kind, name, {at, static_cast<std::size_t>(end - at)});
  }

  Complaint sample(const char* at, const char* end) {
    if (limits_.samples != 0 && summary_.samples >= limits_.samples) {
      return {"more samples than sample_limit", "sample_limit"};
    }
    SampleView sample;
    if (const Complaint complaint = series(at, end, sample)) return complaint;
    if (family_.may_be_native() && at != end && *at == '{') return native(at, end, sample);
    if (const Complaint complaint = family_.open_for(sample.name, sample.type)) return complaint;
    ExemplarView exemplar;
    if (const Complaint complaint = point(at, end, sample, exemplar)) return complaint;
    OpenMetricsFamily::Fate fate;
    if (const Complaint complaint = family_.check(sample, fate)) return complaint;
    ++summary_.samples;
    if (sample.at) ++summary_.timestamped;
    if (fate.new_group) {
      sink_.group_created(created_);
      created_.reset();
    }
    if (fate.is_created) created_ = sample.value;
    if (!fate.repeated && sink_.wants(sample.name)) sink_.take(sample);
    return {};
  }

  // name{labels} and the space behind it.
  Complaint series(const char*& at, const char* end, SampleView& sample) {
    const char* const first = at;
    at = end_of_metric_name(at, end);
    sample.name = {first, static_cast<std::size_t>(at - first)};
    if (at != end && *at == '{') {
      ++at;
      if (const Complaint complaint = labels_.read(at, end)) return complaint;
      if (labels_.metric_name()) {
        if (!sample.name.empty()) return {"the metric name is given more than once"};
        sample.name = *labels_.metric_name();
      }
      sample.labels = labels_.labels();
    }
    if (sample.name.empty()) return {"a metric name is missing or not valid"};
    sample.source = {first, static_cast<std::size_t>(at - first)};
    return skip(at, end, " ") ? Complaint{} : Complaint{"a space and a value are missing behind the series"};
  }

  Complaint native(const char* at, const char* end, SampleView& sample) {
    if (const Complaint complaint = check_native_histogram({at, static_cast<std::size_t>(end - at)}))
      return complaint;
    if (const Complaint complaint = family_.check_native(sample.name)) return complaint;
    ++summary_.samples;
    sample.type = MetricType::histogram;
    sample.native_histogram = true;
    if (sink_.wants(sample.name)) sink_.take(sample);
    return {};
  }

  // value [timestamp] [# exemplar]
  Complaint point(const char* at, const char* end, SampleView& sample, ExemplarView& exemplar) {
    const auto value = parse_number(next_word(at, end), Overflow::saturate);
    if (!value) return {"the value is missing or not a number"};
    sample.value = *value;
    if (at != end && !std::string_view(at, static_cast<std::size_t>(end - at)).starts_with(" #")) {
      ++at;
      sample.at = parse_seconds(next_word(at, end));
      if (!sample.at) return {"the timestamp is not a finite number"};
    }
    if (at == end) return {};
    if (!skip(at, end, " # {")) return {"something other than an exemplar is behind the value"};
    sample.exemplar = &exemplar;
    return read_exemplar(at, end, exemplar);
  }

  Complaint read_exemplar(const char* at, const char* end, ExemplarView& exemplar) {
    if (const Complaint complaint = exemplar_labels_.read(at, end)) return complaint;
    if (exemplar_labels_.metric_name()) return {"an exemplar has no metric name"};
    exemplar.labels = exemplar_labels_.labels();
    std::size_t characters = 0;
    for (const LabelView& label : exemplar.labels) {
      characters += count_characters(label.name) + count_characters(label.value);
    }
    if (characters > exemplar_characters_max) return {"an exemplar's labels have more than 128 characters"};
    if (!skip(at, end, " ")) return {"an exemplar's value is missing"};
    const auto value = parse_number(next_word(at, end), Overflow::saturate);
    if (!value) return {"an exemplar's value is missing or not a number"};
    exemplar.value = *value;
    if (at == end) return {};
    ++at;
    exemplar.at = parse_seconds({at, static_cast<std::size_t>(end - at)});
    return exemplar.at ? Complaint{} : Complaint{"an exemplar's timestamp is not a finite number"};
  }

  LineScanner lines_;
  ExpositionLimits limits_;
  SampleSink& sink_;
  LabelReader labels_;
  LabelReader exemplar_labels_;
  OpenMetricsFamily family_;
  std::optional<double> created_;  // of the group being read
  ExpositionSummary summary_;
  bool is_ascii_;
};

}  // namespace

Result<ExpositionSummary> parse_openmetrics(std::string_view body, const ExpositionLimits& limits,
                                            SampleSink& sink) {
  return OpenMetricsParser(body, limits, sink).run();
}

}  // namespace davy::collector
