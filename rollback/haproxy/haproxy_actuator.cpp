#include "rollback/haproxy/haproxy_actuator.hpp"

#include "config/section.hpp"
#include "core/base/text.hpp"
#include "rollback/haproxy/runtime_api.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace davy::rollback {
namespace asio = boost::asio;
namespace {

struct HaproxyOptions {
  std::string socket;
  std::string backend;
  std::vector<std::string> servers;
  int weight = 0;     // set when no state is asked for
  std::string state;  // "", drain, maint, ready
  Duration timeout = std::chrono::seconds(5);
};

// A name goes into a command line: only the characters that HAProxy itself allows in names.
bool is_plain_name(const std::string& name) {
  constexpr std::string_view others = "-_.:";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != others.npos;
  });
}

HaproxyOptions read_haproxy_options(const config::Section& in) {
  HaproxyOptions haproxy;
  haproxy.socket = in.required_text("socket");
  haproxy.backend = in.required_text("backend");
  in.require("servers");
  haproxy.servers = in.text_list("servers");
  haproxy.state =
      in.choice<std::string>("state", {{"drain", "drain"}, {"maint", "maint"}, {"ready", "ready"}})
          .value_or("");
  haproxy.weight = static_cast<int>(in.count("weight", 0, 256).value_or(0));
  haproxy.timeout = in.duration("timeout").value_or(haproxy.timeout);
  if (in.has("state") && in.has("weight")) {
    in.problem("state", "weight and state exclude each other", "keep one of them");
  }
  for (const std::string& name : haproxy.servers) {
    if (!is_plain_name(name)) in.problem("servers", "a server's name holds letters, digits and - _ . : only");
  }
  if (!haproxy.backend.empty() && !is_plain_name(haproxy.backend)) {
    in.problem("backend", "a backend's name holds letters, digits and - _ . : only");
  }
  in.finish();
  return haproxy;
}

// "10 (initial 10)" -> 10
std::optional<int> leading_number(std::string_view text) {
  int number = 0;
  const auto status = std::from_chars(text.data(), text.data() + text.size(), number).ec;
  return status == std::errc() ? std::optional(number) : std::nullopt;
}

struct ServerState {
  std::string weight;  // as HAProxy writes it
  std::string admin;   // ready, drain or maint
};

class HaproxyActuator final : public Actuator {
 public:
  HaproxyActuator(HaproxyOptions options, asio::any_io_executor executor)
      : options_(std::move(options)), api_(std::move(executor), options_.socket) {}

  std::string_view kind() const override { return "haproxy"; }

  asio::awaitable<Result<DeployState>> observe(const Action*) override {
    const auto servers = co_await read_servers(net::Deadline::after(options_.timeout));
    if (!servers) co_return servers.error();
    co_return to_deploy_state(*servers);
  }

  Result<ActionPreview> preview(const Action&) const override {
    return ActionPreview{fmt::format("{} on {}", join(commands(), "; "), options_.socket)};
  }

  asio::awaitable<Result<ActionOutcome>> apply(const Action& action) override {
    const auto deadline = net::Deadline::after(options_.timeout).or_sooner(action.deadline);
    ActionOutcome outcome;
    outcome.what = join(commands(), "; ");
    auto servers = co_await read_servers(deadline);
    if (!servers) co_return servers.error();
    outcome.already_done = in_effect(*servers);
    if (!outcome.already_done) {
      for (const std::string& line : commands()) {
        const auto answer = co_await api_.command(line, deadline);
        if (!answer) co_return answer.error();
        if (!answer->empty()) co_return refused(line, *answer);
      }
      servers = co_await read_servers(deadline);
      if (!servers) co_return servers.error();
    }
    outcome.answer = to_deploy_state(*servers).summary;
    if (!in_effect(*servers)) {
      co_return Error(ErrorKind::malformed,
                      "haproxy took the command and did not carry it out: " + outcome.answer, "read_back");
    }
    co_return outcome;
  }

 private:
  std::string server(const std::string& name) const { return options_.backend + "/" + name; }

  std::vector<std::string> commands() const {
    std::vector<std::string> lines;
    for (const std::string& name : options_.servers) {
      lines.push_back(options_.state.empty()
                          ? fmt::format("set server {} weight {}", server(name), options_.weight)
                          : fmt::format("set server {} state {}", server(name), options_.state));
    }
    return lines;
  }

  // A missing server or a socket without level admin does not change by trying again.
  static Error refused(const std::string& line, const std::string& answer) {
    const std::string text = to_lower(answer);
    const ErrorKind kind = text.find("permission") != text.npos ? ErrorKind::denied
                           : text.find("no such") != text.npos  ? ErrorKind::not_found
                                                                : ErrorKind::invalid;
    return Error(kind, fmt::format("haproxy: '{}': {}", line, printable(answer)), "haproxy_refused");
  }

  // Weights by `get weight`; administrative states by `show servers state`, whose seventh field holds flags
  // (srv_admin_state: 0x01 forced maintenance, 0x08 forced drain).
  asio::awaitable<Result<std::vector<ServerState>>> read_servers(net::Deadline deadline) {
    const std::string show = "show servers state " + options_.backend;
    const auto table = co_await api_.command(show, deadline);
    if (!table) co_return table.error();
    std::vector<ServerState> servers;
    for (const std::string& name : options_.servers) {
      const std::string line = "get weight " + server(name);
      const auto weight = co_await api_.command(line, deadline);
      if (!weight) co_return weight.error();
      if (!leading_number(*weight)) co_return refused(line, *weight);
      servers.push_back({*weight, admin_state(*table, name)});
    }
    co_return servers;
  }

  static std::string admin_state(const std::string& table, const std::string& name) {
    constexpr std::size_t name_field = 3;
    constexpr std::size_t admin_field = 6;
    for (const std::string_view line : split(table, '\n')) {
      const auto fields = split(line, ' ');
      if (fields.size() <= admin_field || fields[name_field] != name) continue;
      const int admin = leading_number(fields[admin_field]).value_or(0);
      return (admin & 0x01) != 0 ? "maint" : (admin & 0x08) != 0 ? "drain" : "ready";
    }
    return "ready";
  }

  bool in_effect(const std::vector<ServerState>& servers) const {
    return std::all_of(servers.begin(), servers.end(), [&](const ServerState& s) {
      return options_.state.empty() ? leading_number(s.weight) == options_.weight : s.admin == options_.state;
    });
  }

  DeployState to_deploy_state(const std::vector<ServerState>& servers) const {
    DeployState state;
    state.canary_serving = false;
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < servers.size(); ++i) {
      const ServerState& s = servers[i];
      if (s.admin == "ready" && leading_number(s.weight) != 0) state.canary_serving = true;
      parts.push_back(fmt::format("{} weight {}{}", server(options_.servers[i]), s.weight,
                                  s.admin == "ready" ? "" : ", " + s.admin));
    }
    state.summary = join(parts, "; ");
    return state;
  }

  HaproxyOptions options_;
  RuntimeApi api_;
};

}  // namespace

std::unique_ptr<Actuator> make_haproxy_actuator(const config::Section& options, const ActuatorParts& parts) {
  HaproxyOptions haproxy = read_haproxy_options(options);
  if (!options.clean()) return nullptr;
  return std::make_unique<HaproxyActuator>(std::move(haproxy), parts.executor);
}

}  // namespace davy::rollback
