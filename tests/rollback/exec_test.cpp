// Programs that are run, and what is left of them.

#include "config/section.hpp"
#include "rollback/exec/exec_actuator.hpp"
#include "rollback/exec/process.hpp"
#include "tests/support/deploy_server.hpp"
#include "tests/support/run.hpp"
#include "tests/support/scratch.hpp"

#include <doctest/doctest.h>

namespace davy::rollback {
namespace {

using namespace std::chrono_literals;

Result<ProcessResult> run_program(std::vector<std::string> argv, Duration limit = 5s,
                                  std::size_t output_max = 1000) {
  boost::asio::io_context loop;
  ProcessSpec spec;
  spec.argv = std::move(argv);
  spec.time_limit = limit;
  spec.output_bytes_max = output_max;
  spec.environment = {{"DAVY_TEST", "there"}};
  return test::run(loop, run_process(loop.get_executor(), std::move(spec)));
}

Result<ActionOutcome> act(const std::string& options) {
  boost::asio::io_context loop;
  const auto yaml = config::load_yaml(options, "options.yaml", config::empty_environment());
  const auto actuator = make_exec_actuator(*yaml.root, {loop.get_executor(), nullptr});
  REQUIRE(actuator != nullptr);
  return test::run(loop, actuator->apply(test::DeployServer::action("it; touch x")));
}

}  // namespace

TEST_CASE("a program's exit code and output are told") {
  const auto result = run_program({"sh", "-c", "echo out; echo err >&2; echo $DAVY_TEST; exit 7"});
  CHECK(result->exit_code == 7);
  CHECK(result->output == "out\nerr\nthere\n");
  CHECK(run_program({"sh", "-c", "kill -9 $$"})->exit_code == 137);
}

TEST_CASE("a talkative program is read to its end and kept to the limit") {
  const auto result = run_program({"sh", "-c", "yes | head -c 1000000; exit 0"}, 5s, 100);
  CHECK(result->exit_code == 0);
  CHECK(result->output.size() == 100);
}

TEST_CASE("at its time limit the whole group is ended") {
  test::Scratch scratch;
  const std::string marker = (scratch.path() / "marker").string();
  const auto result = run_program({"sh", "-c", "(sleep 0.4; touch " + marker + ") & sleep 10"}, 50ms);
  CHECK(result->timed_out);
  // What it left behind would have made the marker by now.
  CHECK(run_program({"sleep", "0.6"})->exit_code == 0);
  CHECK_FALSE(std::filesystem::exists(marker));
}

TEST_CASE("a program that is not there is said so") {
  CHECK(run_program({"/nonexistent/program"}).error().kind() == ErrorKind::not_found);
  CHECK(run_program({"/etc/passwd"}).error().kind() == ErrorKind::denied);
}

TEST_CASE("placeholders fill arguments and no shell takes them apart") {
  const auto outcome = act("argv: [printf, '%s|', '{{service}}', '{{reason}}']\n");
  REQUIRE(outcome.has_value());
  CHECK(outcome->answer == "exit code 0: checkout|it; touch x|");
}

TEST_CASE("the program learns of the action from its environment") {
  CHECK(act("argv: [sh, -c, 'echo $DAVY_ACTION_ID $DAVY_PURPOSE']\n")->answer ==
        "exit code 0: r1.rollback.1 rollback");
}

TEST_CASE("exit code 3 is superseded and others may be tried again") {
  CHECK(act("argv: [sh, -c, 'exit 3']\n").error().kind() == ErrorKind::conflict);
  CHECK(act("argv: [sh, -c, 'echo no; exit 1']\n").error().retryable());
  CHECK(act("argv: [sleep, '10']\ntimeout: 50ms\n").error().cause() == "timeout_exec");
}

TEST_CASE("a command line in one text is refused with what to write") {
  boost::asio::io_context loop;
  const auto yaml =
      config::load_yaml("argv: [kubectl rollout undo]\n", "o.yaml", config::empty_environment());
  CHECK(make_exec_actuator(*yaml.root, {loop.get_executor(), nullptr}) == nullptr);
  CHECK(yaml.problems->to_text().find("one argument an element") != std::string::npos);
}

}  // namespace davy::rollback
