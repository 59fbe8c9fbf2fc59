// What davy doctor says of targets, of actions and of places, and how it is shown.

#include "app/doctor/action_examination.hpp"
#include "app/doctor/diagnosis.hpp"
#include "app/doctor/place_examination.hpp"
#include "app/doctor/target_examination.hpp"
#include "tests/support/scratch.hpp"

#include <doctest/doctest.h>
#include <fstream>
#include <sys/stat.h>

namespace davy::app::doctor {
namespace {

constexpr double asked_at = 1'000'000;

TargetReading answer() {
  TargetReading reading;
  reading.target = reading.url = "http://a:9090/metrics";
  reading.for_canary = true;
  reading.took = std::chrono::milliseconds(3);
  reading.body_bytes = 64 * 1024;
  reading.sample_count = 812;
  reading.process_start_time = asked_at - 90;
  return reading;
}

Diagnoses canary_of(std::vector<TargetReading> readings, const SideSpec& spec = {}) {
  Batch batch;
  batch.readings = std::move(readings);
  return examine_targets(Side::canary, spec, ScrapeSpec{}, batch, asked_at);
}

}  // namespace

TEST_CASE("a target that answers is told with its time and size and age") {
  const auto found = canary_of({answer()});
  REQUIRE(found.size() == 1);
  CHECK(found[0] == Diagnosis{Level::ok, "canary",
                              "http://a:9090/metrics answers in 3 ms: 812 samples, 64KiB; started 90 s ago",
                              ""});
}

TEST_CASE("what comes close to a limit or is slow or by another clock is a warning") {
  auto large = answer();
  large.sample_count = 45'000;
  large.took = std::chrono::seconds(2);
  large.server_time = asked_at - 120;
  const auto found = canary_of({large});
  REQUIRE(found.size() == 4);
  CHECK(found[1].text ==
        "http://a:9090/metrics is at 90.0% of sample_limit, and an answer beyond it is dropped whole");
  CHECK(found[2].text == "http://a:9090/metrics takes more than half of scrape.timeout (3s)");
  CHECK(found[3].text == "the clock of http://a:9090/metrics is 2 min 2 s behind ours");
  CHECK_FALSE(any_failure(found));
}

TEST_CASE("a target that does not answer fails and so do too few of them") {
  auto silent = answer();
  silent.problem = Error(ErrorKind::unreachable, "scrape http://a:9090/metrics: connection refused");
  const auto found = canary_of({silent});
  REQUIRE(found.size() == 2);
  CHECK(found[0].level == Level::failure);
  CHECK(found[0].next == "try: curl -sS -m 5 http://a:9090/metrics");
  CHECK(found[1].text == "0 of 1 targets answer, and min_targets is 1");
}

TEST_CASE("a server that is asked for whole queries is one and enough") {
  SideSpec spec;
  spec.min_targets = 2;
  spec.prometheus.emplace();
  spec.prometheus->url = "http://a:9090/metrics";
  Batch batch;
  batch.readings = {answer()};
  CHECK(any_failure(examine_targets(Side::canary, spec, ScrapeSpec{}, batch, asked_at)));
  batch.queries = {{"queue", true, 3, {}}};
  CHECK_FALSE(any_failure(examine_targets(Side::canary, spec, ScrapeSpec{}, batch, asked_at)));
}

TEST_CASE("a side without targets is all right only where the policy wants none or no rollout is under way") {
  CHECK(any_failure(canary_of({})));
  SideSpec none;
  none.min_targets = 0;
  CHECK_FALSE(any_failure(canary_of({}, none)));
  SideSpec pods;
  pods.kubernetes = KubernetesTargets{};
  pods.kubernetes->revision = "new";
  const auto waiting = canary_of({}, pods);
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].level == Level::warning);
}

TEST_CASE("of a thousand targets ten are shown and the others are counted") {
  const auto found = canary_of(std::vector<TargetReading>(1000, answer()));
  REQUIRE(found.size() == 11);
  CHECK(found.back().text == "990 more answer");
}

TEST_CASE("an actuator that could not act now fails and one that could only warns") {
  rollback::Arming arming;
  arming.warnings = {"Argo CD would put it back"};
  CHECK(diagnose("rollback kubernetes", arming).front().level == Level::warning);
  arming.ready = false;
  CHECK(diagnose("rollback kubernetes", arming).front().level == Level::failure);
  arming.warnings.clear();
  CHECK(any_failure(diagnose("rollback kubernetes", arming)));
}

TEST_CASE("a certificate is told by its days and warned of when they are few") {
  CHECK(diagnose_certificate("a", "https://d", std::chrono::hours(24 * 90)).front().text ==
        "the certificate of https://d is good for 90 days");
  const auto soon = diagnose_certificate("a", "https://d", std::chrono::hours(30));
  CHECK(soon.front().level == Level::warning);
  CHECK(soon.front().text == "the certificate of https://d expires in 1 day");
}

TEST_CASE("a place is examined without being made") {
  test::Scratch scratch;
  const std::string inside = (scratch.path() / "new/folder/davy.db").string();
  CHECK(examine_place("journal", inside).level != Level::failure);
  CHECK_FALSE(std::filesystem::exists(scratch.path() / "new"));
  std::ofstream(scratch.path() / "file") << "x";
  CHECK(examine_place("journal", (scratch.path() / "file/davy.db").string()).level == Level::failure);
}

TEST_CASE("a program has to be there and to be executable") {
  test::Scratch scratch;
  const auto program = scratch.path() / "undo";
  CHECK(examine_program("rollback exec", program.string()).text == program.string() + " does not exist");
  std::ofstream(program) << "#!/bin/sh\n";
  const auto plain = examine_program("rollback exec", program.string());
  CHECK(plain.text == program.string() + " is not an executable file");
  CHECK(plain.next == "chmod +x " + program.string());
  chmod(program.c_str(), 0755);
  CHECK(examine_program("rollback exec", program.string()).level == Level::ok);
  CHECK(examine_program("rollback exec", "sh").level == Level::ok);
}

TEST_CASE("secrets of a section and of those below it are looked for") {
  test::Scratch scratch;
  std::ofstream(scratch.path() / "good") << "s3cret\n";
  const auto loaded = config::load_yaml(
      "signature: {secret_file: " + (scratch.path() / "good").string() +
          "}\nauthorization: {credentials_file: /nowhere/token}\nheaders: {X_file: /not/a/secret}\n",
      "a.yaml", [](const std::string&) { return std::nullopt; });
  REQUIRE(loaded.root);
  const auto found = examine_secrets("rollback http", *loaded.root);
  REQUIRE(found.size() == 2);
  CHECK(found[0].level == Level::ok);
  CHECK(found[0].text.find("s3cret") == std::string::npos);
  CHECK(found[1].level == Level::failure);
  CHECK(found[1].next == "create /nowhere/token, or correct credentials_file");
}

TEST_CASE("lines are aligned and hostile text stays within its line") {
  const Diagnoses found{{Level::ok, "canary", "fine", ""},
                        {Level::failure, "errors", "a\nFAIL forged \x1b[2J", "look"},
                        {Level::warning, "p99", "slow", ""}};
  CHECK(to_lines(found) ==
        "ok    canary  fine\n"
        "FAIL  errors  a\\nFAIL forged \\x1b[2J; look\n"
        "warn  p99     slow\n"
        "1 fails, 1 warning, 1 ok\n");
  CHECK(to_json("p.yaml", {{Level::warning, "a", "b", ""}}) ==
        R"({"policy":"p.yaml","healthy":true,"failures":0,"warnings":1,)"
        R"("findings":[{"level":"warning","subject":"a","text":"b","next":""}]})");
}

}  // namespace davy::app::doctor
