// davy import FILE...: another system's configuration as a policy, and a list of what could not be carried
// over.

#include "app/commands.hpp"
#include "config/import/formats.hpp"
#include "config/policy_loader.hpp"
#include "core/base/text.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iostream>

namespace davy::app {
namespace imported = config::imported;
namespace {

struct ImportFlags {
  std::vector<std::string> files, args;
  std::string out;
  imported::ImportOptions options;
  bool list = false;
};

// No configuration is larger; the reader has its own limit for a document.
constexpr std::size_t file_bytes_max = 16U << 20;

Result<std::string> read_file(const std::string& path) {
  std::ifstream file;
  const bool standard_input = path == "-";
  if (!standard_input) file.open(path, std::ios::binary);
  if (!standard_input && (!file || std::filesystem::is_directory(path)))
    return Error(ErrorKind::not_found,
                 fmt::format("cannot read {}; give davy import files, or - for standard input", path));
  std::istream& from = standard_input ? std::cin : file;
  std::string text;
  char part[4096];
  while (text.size() <= file_bytes_max && (from.read(part, sizeof part) || from.gcount() > 0))
    text.append(part, static_cast<std::size_t>(from.gcount()));
  if (text.size() > file_bytes_max)
    return Error(
        ErrorKind::over_limit,
        fmt::format("{} is larger than {} bytes; give fewer documents at once", path, file_bytes_max));
  return text;
}

Result<imported::Documents> read_all(const std::vector<std::string>& files) {
  imported::Documents all;
  for (const std::string& path : files) {
    const auto text = read_file(path);
    if (!text) return text.error();
    auto documents = imported::read_documents(*text, path);
    if (!documents) return documents.error();
    for (auto& document : *documents) all.push_back(std::move(document));
  }
  return all;
}

ExitCode list_formats() {
  for (const imported::Format& format : imported::formats())
    fmt::print("{:<28}{}\n", format.title, format.input);
  return ExitCode::pass;
}

ExitCode wrong_usage(std::string_view message) {
  fmt::print(stderr, "davy: {}\n", message);
  return ExitCode::usage;
}

ExitCode write(const ImportFlags& flags, const std::string& text) {
  if (flags.out.empty()) {
    fmt::print("{}", text);
    return ExitCode::pass;
  }
  if (std::filesystem::exists(flags.out))
    return wrong_usage(
        fmt::format("{} exists and is not written over; name another file with --out", flags.out));
  std::ofstream file(flags.out, std::ios::binary);
  file << text;
  if (!file.flush()) return wrong_usage(fmt::format("cannot write {}", flags.out));
  fmt::print(stderr, "written: {0}. Next: davy check {0} && davy explain {0}\n", flags.out);
  return ExitCode::pass;
}

ExitCode import_files(ImportFlags flags) {
  if (flags.list) return list_formats();
  if (flags.files.empty()) return wrong_usage("nothing to import; write davy import FILE...");
  for (const std::string& arg : flags.args) {
    const std::size_t equals = arg.find('=');
    if (equals == std::string::npos || equals == 0)
      return wrong_usage(fmt::format("--arg {}: write --arg NAME=VALUE", printable(arg)));
    flags.options.args[arg.substr(0, equals)] = arg.substr(equals + 1);
  }
  const auto documents = read_all(flags.files);
  if (!documents) {
    fmt::print(stderr, "davy: {}\n", printable(documents.error().message(), 1000));
    return ExitCode::policy_invalid;
  }
  const imported::Imported made = imported::import_documents(*documents, flags.options);
  for (const imported::Remark& remark : made.remarks)
    fmt::print(stderr, "not carried over: {}\n", imported::to_text(remark));
  if (made.text.empty()) {
    fmt::print(stderr, "davy: {}\n", printable(made.refusal, 1000));
    return ExitCode::inconclusive;
  }
  // What cannot be loaded is not handed out as a policy.
  const auto loaded = config::load_policy(made.text, "the imported policy", config::empty_environment());
  if (!loaded.policy) {
    fmt::print(stderr,
               "{}davy: what it would be imported to is no policy; correct the source where the lines above "
               "say so\n",
               loaded.problems->to_text());
    return ExitCode::inconclusive;
  }
  return write(flags, made.text);
}

}  // namespace

void add_import(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand(
      "import", "Make a policy of what Flagger, Argo Rollouts, Kayenta, alerts or SLOs say");
  const auto flags = std::make_shared<ImportFlags>();
  command->add_option("files", flags->files,
                      "YAML or JSON, all that belongs to one service; - is standard input");
  command->add_option("--service", flags->options.service, "Its name; taken from the source by default");
  command->add_option("--prometheus", flags->options.prometheus,
                      "The server's URL; taken from the source by default");
  command->add_option("--provider", flags->options.provider,
                      "Flagger's -mesh-provider, for a Canary that names none");
  command
      ->add_option("--arg", flags->args,
                   "NAME=VALUE for {{args.NAME}} and its like; may be given several times")
      ->allow_extra_args(false);
  command->add_option("--out", flags->out, "Write it here; an existing file is left alone");
  command->add_flag("--list", flags->list, "What can be imported");
  command->footer(
      "Example: davy import canary.yaml metric-templates.yaml --prometheus http://prometheus:9090 --out "
      "checkout.yaml");
  command->callback([&run, flags] { run = [flags] { return import_files(*flags); }; });
}

}  // namespace davy::app
