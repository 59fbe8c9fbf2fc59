#include "rollback/exec/exec_actuator.hpp"

#include "config/section.hpp"
#include "core/base/duration_text.hpp"
#include "core/base/text.hpp"
#include "rollback/exec/process.hpp"
#include "rollback/http/http_actuator.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace davy::rollback {
namespace asio = boost::asio;
namespace {

constexpr int exit_superseded = 3;
constexpr std::size_t output_shown_max = 300;

struct ExecOptions {
  std::vector<std::string> argv;
  std::vector<std::string> verify_argv;  // exits 0 once the rollback is in effect
  Duration time_limit = std::chrono::seconds(30);
};

void check_placeholders(const config::Section& in, const char* key, const std::vector<std::string>& argv) {
  for (const std::string& argument : argv) {
    const auto filled = fill_plain_template(argument, template_values(sample_action()));
    if (!filled) in.problem(key, filled.error().message());
  }
}

ExecOptions read_exec_options(const config::Section& in) {
  ExecOptions exec;
  in.require("argv");
  exec.argv = in.text_list("argv");
  exec.verify_argv = in.text_list("verify_argv");
  exec.time_limit = in.duration("timeout").value_or(exec.time_limit);
  if (exec.argv.size() == 1 && exec.argv.front().find(' ') != std::string::npos) {
    in.problem("argv", "argv is a list, one argument an element; there is no shell to take a line apart",
               "write [kubectl, rollout, undo, deployment/checkout]");
  }
  check_placeholders(in, "argv", exec.argv);
  check_placeholders(in, "verify_argv", exec.verify_argv);
  in.finish();
  return exec;
}

class ExecActuator final : public Actuator {
 public:
  ExecActuator(ExecOptions options, asio::any_io_executor executor)
      : options_(std::move(options)), executor_(std::move(executor)) {}

  std::string_view kind() const override { return "exec"; }

  asio::awaitable<Result<DeployState>> observe(const Action* action) override {
    DeployState state;
    if (options_.verify_argv.empty()) {
      state.summary = "exec cannot read the state back; the numbers will tell";
      co_return state;
    }
    const Action asked = action != nullptr ? *action : sample_action();
    auto spec = spec_for(options_.verify_argv, asked);
    if (!spec) co_return spec.error();
    const auto result = co_await run_process(executor_, std::move(*spec));
    if (!result) co_return result.error();
    state.canary_serving = result->exit_code != 0;
    state.summary = fmt::format("{} exited with {}", options_.verify_argv.front(), result->exit_code);
    co_return state;
  }

  Result<ActionPreview> preview(const Action& action) const override {
    const auto spec = spec_for(options_.argv, action);
    if (!spec) return spec.error();
    return ActionPreview{"run " + shown(spec->argv)};
  }

  asio::awaitable<Result<ActionOutcome>> apply(const Action& action) override {
    auto spec = spec_for(options_.argv, action);
    if (!spec) co_return spec.error();
    const Duration left = action.deadline - std::chrono::steady_clock::now();
    spec->time_limit = std::min(spec->time_limit, std::max<Duration>(left, std::chrono::milliseconds(1)));
    const Duration limit = spec->time_limit;
    const std::string what = "run " + shown(spec->argv);
    const auto result = co_await run_process(executor_, std::move(*spec));
    if (!result) co_return result.error();
    const std::string said = printable(trim(result->output), output_shown_max);
    if (result->timed_out) {
      co_return Error(ErrorKind::timed_out,
                      fmt::format("{}: ended after {}: {}", what, to_spoken(limit), said), "timeout_exec");
    }
    if (result->exit_code == exit_superseded) {
      co_return Error(ErrorKind::conflict, fmt::format("{}: exit code 3, superseded: {}", what, said));
    }
    if (result->exit_code != 0) {
      co_return Error(ErrorKind::unavailable,
                      fmt::format("{}: exit code {}: {}", what, result->exit_code, said), "exec_failed");
    }
    ActionOutcome outcome;
    outcome.what = what;
    outcome.answer = said.empty() ? "exit code 0" : "exit code 0: " + said;
    co_return outcome;
  }

 private:
  static std::string shown(const std::vector<std::string>& argv) {
    return printable(join(argv, " "), output_shown_max);
  }

  Result<ProcessSpec> spec_for(const std::vector<std::string>& argv, const Action& action) const {
    ProcessSpec spec;
    spec.time_limit = options_.time_limit;
    const TemplateValues values = template_values(action);
    for (const std::string& argument : argv) {
      auto filled = fill_plain_template(argument, values);
      if (!filled) return filled.error();
      spec.argv.push_back(std::move(*filled));
    }
    spec.environment = {
        {"DAVY_SERVICE", action.service},   {"DAVY_RELEASE", action.release},
        {"DAVY_REVISION", action.revision}, {"DAVY_REASON", action.reason},
        {"DAVY_ACTION_ID", action.id},      {"DAVY_PURPOSE", std::string(to_text(action.purpose))}};
    return spec;
  }

  ExecOptions options_;
  asio::any_io_executor executor_;
};

}  // namespace

std::unique_ptr<Actuator> make_exec_actuator(const config::Section& options, const ActuatorParts& parts) {
  ExecOptions exec = read_exec_options(options);
  if (!options.clean()) return nullptr;
  return std::make_unique<ExecActuator>(std::move(exec), parts.executor);
}

}  // namespace davy::rollback
