// What a gate decides before and after the watching: exit codes, formats, files, whose CI it is.

#include "app/gate_outputs.hpp"
#include "app/gate_verdict.hpp"
#include "tests/support/scratch.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

namespace davy::app {
namespace {

Incident inconclusive() {
  Incident incident;
  incident.service = "checkout";
  incident.end = Phase::inconclusive;
  incident.sentence = "too little traffic";
  return incident;
}

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

Error refused(const std::vector<std::string>& outputs) {
  const auto prepared = GateOutputs::prepare(outputs, {});
  REQUIRE_FALSE(prepared.has_value());
  return prepared.error();
}

}  // namespace

TEST_CASE("an inconclusive release counts as what was asked for and nothing else does") {
  const auto code = [](ExitCode ended, InconclusiveAs as) {
    return make_account(inconclusive(), ended, as).exit_code;
  };
  CHECK(code(ExitCode::inconclusive, InconclusiveAs::itself) == 11);
  CHECK(code(ExitCode::inconclusive, InconclusiveAs::pass) == 0);
  CHECK(code(ExitCode::inconclusive, InconclusiveAs::warn) == 0);
  CHECK(code(ExitCode::inconclusive, InconclusiveAs::fail) == 10);
  CHECK(code(ExitCode::blind, InconclusiveAs::pass) == 5);
  CHECK(code(ExitCode::fail, InconclusiveAs::pass) == 10);
  const auto warned = make_account(inconclusive(), ExitCode::inconclusive, InconclusiveAs::warn);
  CHECK(warned.verdict == "inconclusive");
  CHECK(warned.warning == "inconclusive, and taken for a pass (--inconclusive=warn): too little traffic");
}

TEST_CASE("a partial account says who stopped it and what was known") {
  Incident so_far = inconclusive();
  so_far.end = Phase::watching;
  so_far.verdict.sentence = "errors: fine";
  const auto account = make_partial_account(so_far, ExitCode::terminated, "SIGTERM");
  CHECK(account.incident.sentence == "stopped by SIGTERM before the release had ended; so far: errors: fine");
  CHECK(account.exit_code == 143);
  CHECK(account.verdict == "terminated");
}

TEST_CASE("a format that does not exist is refused with the one that was meant") {
  CHECK(refused({"jnuit"}).message() ==
        "--output jnuit: there is no such format (did you mean junit?); there are text, markdown, json, "
        "ndjson, "
        "junit, github, gitlab, dotenv");
}

TEST_CASE("two outputs in one place are refused unless both are for people") {
  test::Scratch scratch;
  const std::string file = (scratch.path() / "x").string();
  CHECK(refused({"json", "junit"}).kind() == ErrorKind::conflict);
  CHECK(refused({"json=" + file, "junit=" + file}).kind() == ErrorKind::conflict);
  CHECK(GateOutputs::prepare({"text", "github"}, {}).has_value());
  CHECK(GateOutputs::prepare({"json=" + file, "junit=-"}, {}).has_value());
}

TEST_CASE("a file is replaced whole and nothing is left beside it") {
  test::Scratch scratch;
  const auto file = OutputFile::prepare((scratch.path() / "new/folder/report").string());
  REQUIRE(file.has_value());
  CHECK(std::filesystem::is_empty(scratch.path() / "new/folder"));
  REQUIRE(file->replace("one").has_value());
  REQUIRE(file->replace("two").has_value());
  CHECK(content(scratch.path() / "new/folder/report") == "two");
  CHECK(std::distance(std::filesystem::directory_iterator(scratch.path() / "new/folder"), {}) == 1);
  std::filesystem::remove_all(scratch.path() / "new");
  CHECK_FALSE(file->replace("three").has_value());
}

TEST_CASE("a folder or a nameless file is refused before anything begins") {
  test::Scratch scratch;
  CHECK(OutputFile::prepare(scratch.path().string())
            .error()
            .message()
            .ends_with("it is a folder; name a file in it"));
  CHECK(OutputFile::prepare("").error().message() == "an output's file has no name; write FORMAT=FILE");
  const std::string file = scratch.write("file", "");
  CHECK_FALSE(OutputFile::prepare(file + "/report").has_value());
}

TEST_CASE("what cannot be written is said and the rest is written all the same") {
  test::Scratch scratch;
  std::filesystem::create_directory(scratch.path() / "gone");
  auto outputs = GateOutputs::prepare(
      {"junit=" + (scratch.path() / "gone/x").string(), "json=" + (scratch.path() / "y").string(), "text=-"},
      {});
  REQUIRE(outputs.has_value());
  std::filesystem::remove_all(scratch.path() / "gone");
  const auto problems =
      outputs->write(make_account(inconclusive(), ExitCode::inconclusive, InconclusiveAs::itself));
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].find("gone/x") != std::string::npos);
  CHECK(content(scratch.path() / "y").starts_with("{\"format\":\"davy/report/v1\""));
}

TEST_CASE("whose CI it is comes from the environment unless it is said") {
  const auto in = [](std::map<std::string, std::string> variables, const std::string& wanted = "auto") {
    return ci_environment(wanted, [variables](const char* name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
  };
  CHECK(in({}).system == CiSystem::none);
  CHECK(in({{"GITHUB_ACTIONS", "false"}}).system == CiSystem::none);
  CHECK(in({{"GITHUB_ACTIONS", "true"}, {"GITHUB_OUTPUT", "/o"}}).step_outputs == "/o");
  CHECK(in({{"GITLAB_CI", "true"}}).system == CiSystem::gitlab);
  CHECK(in({{"GITHUB_ACTIONS", "true"}, {"GITHUB_OUTPUT", "/o"}}, "none").step_outputs.empty());
  CHECK(in({}, "github").system == CiSystem::github);
}

}  // namespace davy::app
