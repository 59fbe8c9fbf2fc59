#include "app/gate_outputs.hpp"

#include "core/base/text.hpp"
#include "report/github.hpp"
#include "report/gitlab.hpp"
#include "report/incident_report.hpp"
#include "report/junit.hpp"
#include "report/ndjson.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace davy::app {
namespace {

using report::GateAccount;

std::string markdown(const GateAccount& account) { return report::to_markdown(account) + "\n"; }
std::string json_report(const GateAccount& account) { return report::to_json(account) + "\n"; }
std::string last_line(const GateAccount& account) { return report::to_ndjson(account); }
std::string round_line(const GuardSnapshot& snapshot) { return report::to_ndjson(snapshot); }

constexpr std::array<OutputFormat, 8> formats{{
    {"text", markdown, nullptr, true},
    {"markdown", markdown, nullptr, true},
    {"json", json_report, nullptr, false},
    {"ndjson", last_line, round_line, false},
    {"junit", report::to_junit, nullptr, false},
    {"github", report::to_github_annotations, nullptr, true},
    {"gitlab", report::to_gitlab_log, nullptr, true},
    {"dotenv", report::to_dotenv, nullptr, false},
}};

// The file in which a reader finds most.
std::string fullest_file(const std::vector<std::pair<std::string_view, std::string>>& files) {
  for (const std::string_view wanted : {"json", "markdown", "text", "ndjson", "junit"}) {
    for (const auto& [format, path] : files) {
      if (format == wanted) return path;
    }
  }
  return "";
}

}  // namespace

std::string output_format_names() {
  std::vector<std::string> names;
  for (const OutputFormat& format : formats) names.emplace_back(format.name);
  return join(names, ", ");
}

Result<GateOutputs> GateOutputs::prepare(const std::vector<std::string>& wanted, CiEnvironment ci) {
  GateOutputs outputs;
  outputs.ci_ = std::move(ci);
  for (const std::string& output : wanted) {
    if (auto added = outputs.add(output); !added) return added.error();
  }
  const auto on_stdout = [](const Output& output) { return !output.file; };
  const bool any = std::any_of(outputs.outputs_.begin(), outputs.outputs_.end(), on_stdout);
  if (!any) {
    const char* usual = outputs.ci_.system == CiSystem::gitlab ? "gitlab" : "text";
    if (auto added = outputs.add(usual); !added) return added.error();
  }
  return outputs;
}

Result<void> GateOutputs::add(const std::string& wanted) {
  const std::size_t equals = wanted.find('=');
  const std::string name = wanted.substr(0, equals);
  Output output;
  for (const OutputFormat& format : formats) {
    if (format.name == name) output.format = &format;
  }
  if (output.format == nullptr) {
    std::vector<std::string_view> names;
    for (const OutputFormat& format : formats) names.push_back(format.name);
    const auto meant = nearest(name, names);
    return Error(ErrorKind::invalid,
                 fmt::format("--output {}: there is no such format{}; there are {}", printable(name),
                             meant ? fmt::format(" (did you mean {}?)", *meant) : "", output_format_names()));
  }
  if (equals != std::string::npos && wanted.substr(equals + 1) != "-") {
    auto file = OutputFile::prepare(wanted.substr(equals + 1));
    if (!file) return file.error().within("--output " + printable(wanted));
    output.file = std::move(*file);
  }
  for (const Output& other : outputs_) {
    const bool same = output.file ? other.file && other.file->path() == output.file->path() : !other.file;
    if (!same || (!output.file && output.format->for_people && other.format->for_people)) continue;
    return Error(ErrorKind::conflict,
                 fmt::format("--output {}: {} goes to the same place; give one of them another file, like "
                             "{}=FILE",
                             printable(wanted), other.format->name, name));
  }
  if (output.file && output.format->round != nullptr) {
    if (auto emptied = output.file->replace(""); !emptied) return emptied.error();
  }
  outputs_.push_back(std::move(output));
  return {};
}

void GateOutputs::round(const GuardSnapshot& snapshot) {
  for (const Output& output : outputs_) {
    if (output.format->round == nullptr || snapshot.release.empty()) continue;
    const std::string line = output.format->round(snapshot);
    // What cannot be written now is said at the end, when the last line cannot be written either.
    if (output.file) {
      static_cast<void>(append_to_file(output.file->path(), line));
    } else {
      static_cast<void>(write_all(STDOUT_FILENO, line, "standard output"));
    }
  }
}

std::vector<std::string> GateOutputs::write(GateAccount account) {
  std::vector<std::pair<std::string_view, std::string>> files;
  for (const Output& output : outputs_) {
    if (output.file) files.emplace_back(output.format->name, output.file->path());
  }
  account.report_file = fullest_file(files);
  std::vector<std::string> problems;
  for (const Output& output : outputs_) {
    if (written_ && !output.file && output.format->round == nullptr) continue;
    const std::string text = output.format->render(account);
    Result<void> done = !output.file                      ? write_all(STDOUT_FILENO, text, "standard output")
                        : output.format->round != nullptr ? append_to_file(output.file->path(), text)
                                                          : output.file->replace(text);
    if (!done) problems.push_back(done.error().message());
  }
  if (!written_) write_for_ci(account, problems);
  written_ = true;
  return problems;
}

void GateOutputs::write_for_ci(const GateAccount& account, std::vector<std::string>& problems) const {
  if (ci_.system != CiSystem::github) return;
  const auto note = [&](const Result<void>& done) {
    if (!done) problems.push_back(done.error().message());
  };
  const auto annotates = [](const Output& output) { return output.format->name == "github"; };
  if (std::none_of(outputs_.begin(), outputs_.end(), annotates))
    note(write_all(STDERR_FILENO, report::to_github_annotations(account), "standard error"));
  if (!ci_.step_summary.empty()) {
    std::error_code ec;
    const auto there = std::filesystem::file_size(ci_.step_summary, ec);
    const std::size_t used = ec ? 0 : static_cast<std::size_t>(there);
    const std::size_t left =
        report::github_summary_bytes_max - std::min(report::github_summary_bytes_max, used);
    note(append_to_file(ci_.step_summary, report::to_github_summary(account, left)));
  }
  if (!ci_.step_outputs.empty()) note(append_to_file(ci_.step_outputs, report::to_github_outputs(account)));
}

}  // namespace davy::app
