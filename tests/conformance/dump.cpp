#include "tests/conformance/dump.hpp"

#include "collector/parse/openmetrics_text.hpp"
#include "collector/parse/prometheus_text.hpp"
#include "tests/conformance/case.hpp"
#include "tests/support/collecting_sink.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <vector>

namespace davy::conformance {
namespace {

namespace json = boost::json;

struct Reference {
  bool refuses = false;
  std::optional<std::size_t> samples;
};
using Manifest = std::map<std::string, Reference>;

// Absent or unlike the known shape, a manifest says nothing.
Manifest read_manifest(const std::filesystem::path& folder) {
  Manifest out;
  const std::filesystem::path file = folder / "manifest.json";
  if (!std::filesystem::exists(file)) return out;
  boost::system::error_code failure;
  const json::value document = json::parse(read_bytes(file), failure);
  if (failure || !document.is_object()) return out;
  const json::value* const files = document.as_object().if_contains("files");
  if (files == nullptr || !files->is_array()) return out;
  for (const json::value& entry : files->as_array()) {
    const json::object* const object = entry.if_object();
    const json::value* const name = object == nullptr ? nullptr : object->if_contains("file");
    const json::value* const oracle =
        object == nullptr ? nullptr : object->if_contains("oracle_prometheus_client");
    if (name == nullptr || oracle == nullptr || !name->is_string() || !oracle->is_object()) continue;
    Reference& reference = out[std::string(name->as_string())];
    const json::object& says = oracle->as_object();
    if (const auto* verdict = says.if_contains("verdict")) reference.refuses = *verdict == "reject";
    if (const auto* samples = says.if_contains("samples"); samples != nullptr && samples->is_number()) {
      reference.samples = samples->to_number<std::size_t>();
    }
  }
  return out;
}

bool ends_in_eof(std::string_view body) {
  if (body.ends_with('\n')) body.remove_suffix(1);
  if (body.ends_with('\r')) body.remove_suffix(1);
  return body.ends_with("# EOF") && (body.size() == 5 || body[body.size() - 6] == '\n');
}

// What a failed dump could be instead, for the person who looks at it.
std::string guess(std::string_view body, bool openmetrics) {
  test::CollectingSink sink;
  const auto other = openmetrics ? collector::parse_prometheus_text(body, {}, sink)
                                 : collector::parse_openmetrics(body, {}, sink);
  if (other) return openmetrics ? " (it reads as text 0.0.4)" : " (it reads as OpenMetrics)";
  if (body.starts_with("\xef\xbb\xbf")) return " (it starts with a byte order mark)";
  if (body.starts_with("<")) return " (it looks like HTML or XML)";
  return "";
}

// True when it is as it should be.
bool check_dump(const std::filesystem::path& file, const Reference& reference) {
  const std::string body = read_bytes(file);
  const bool openmetrics = ends_in_eof(body);
  const char* const format = openmetrics ? "OpenMetrics" : "text 0.0.4";
  test::CollectingSink sink;
  const auto start = std::chrono::steady_clock::now();
  const auto result = openmetrics ? collector::parse_openmetrics(body, {}, sink)
                                  : collector::parse_prometheus_text(body, {}, sink);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  const std::string name = file.filename().string();
  if (!result) {
    fmt::print("{}  {:<44} {:<11} {}{}\n", reference.refuses ? "refused" : "UNREAD ", name, format,
               result.error().message(),
               reference.refuses ? " (the reference refuses it too)" : guess(body, openmetrics));
    return reference.refuses;
  }
  fmt::print("ok       {:<44} {:<11} {:>7} samples {:>9.3f} ms\n", name, format, result->samples,
             took.count());
  if (!reference.samples || *reference.samples == result->samples) return true;
  fmt::print("DIFFERS  {:<44} the reference reads {} samples\n", name, *reference.samples);
  return false;
}

}  // namespace

int check_dumps(const std::filesystem::path& place) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(place)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(place)) {
      if (entry.is_regular_file() && entry.path().filename() != "manifest.json")
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
  } else {
    files.push_back(place);
  }
  const Manifest manifest = read_manifest(std::filesystem::is_directory(place) ? place : place.parent_path());
  int failures = 0;
  for (const std::filesystem::path& file : files) {
    const auto reference = manifest.find(file.filename().string());
    if (!check_dump(file, reference == manifest.end() ? Reference{} : reference->second)) ++failures;
  }
  fmt::print("{} dumps, {} mismatches\n", files.size(), failures);
  return failures;
}

}  // namespace davy::conformance
