#include "app/doctor/action_examination.hpp"

#include "app/doctor/place_examination.hpp"
#include "app/registry.hpp"
#include "config/http_access_section.hpp"
#include "core/base/text.hpp"
#include "core/net/http_client.hpp"

#include <fmt/format.h>

namespace davy::app::doctor {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::hours certificate_soon{24 * 14};
constexpr std::chrono::seconds reach_timeout{5};

asio::awaitable<Diagnoses> examine_peer(std::string subject, config::Section options,
                                        rollback::ActuatorParts parts) {
  Diagnoses found;
  const std::string url = options.text("url").value_or("");
  net::HttpClientOptions client_options;
  client_options.access = config::read_http_access(options);
  net::HttpClient client(parts.executor, parts.resolver, client_options);
  const auto began = std::chrono::steady_clock::now();
  auto reaching = client.reach(url, net::Deadline::after(reach_timeout));
  const auto reached = co_await std::move(reaching);
  if (!reached) {
    found.push_back({Level::failure, subject, fmt::format("{}: {}", url, reached.error().message()),
                     "make it reachable from where Davy runs, or correct url"});
    co_return found;
  }
  const auto took_ms =
      std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
  found.push_back({Level::ok, subject,
                   fmt::format("{} can be connected to in {} ms; nothing was sent", url, took_ms), ""});
  if (reached->certificate_left)
    append(found, diagnose_certificate(subject, url, *reached->certificate_left));
  co_return found;
}

Diagnoses examine_programs(const std::string& subject, const config::Section& options) {
  Diagnoses found;
  for (const char* key : {"argv", "verify_argv"}) {
    const auto argv = options.text_list(key);
    // A program whose name comes from the release is known only then.
    if (!argv.empty() && argv.front().find("{{") == std::string::npos)
      found.push_back(examine_program(subject, argv.front()));
  }
  return found;
}

asio::awaitable<Diagnoses> examine_state(std::string subject, rollback::Actuator& actuator, Action action) {
  Diagnoses found;
  auto observing = actuator.observe(&action);
  const auto state = co_await std::move(observing);
  if (!state) {
    found.push_back({Level::failure, subject, "its state cannot be read: " + state.error().message(), ""});
  } else if (!state->summary.empty()) {
    found.push_back({Level::ok, subject, "now: " + state->summary, ""});
  }
  co_return found;
}

}  // namespace

Diagnoses diagnose(const std::string& subject, const rollback::Arming& arming) {
  Diagnoses found;
  for (const std::string& warning : arming.warnings)
    found.push_back({arming.ready ? Level::warning : Level::failure, subject, warning, ""});
  if (!arming.ready && arming.warnings.empty())
    found.push_back({Level::failure, subject, "it could not act now", ""});
  return found;
}

Diagnoses diagnose_certificate(const std::string& subject, const std::string& url, Duration left) {
  const auto days = std::chrono::duration_cast<std::chrono::days>(left).count();
  if (left > certificate_soon)
    return {{Level::ok, subject, fmt::format("the certificate of {} is good for {} days", url, days), ""}};
  return {{Level::warning, subject,
           fmt::format("the certificate of {} expires in {}", url, counted(static_cast<double>(days), "day")),
           "renew it"}};
}

asio::awaitable<Diagnoses> examine_action(std::string subject, config::ActionSpec spec,
                                          rollback::ActuatorParts parts, Action action) {
  Diagnoses found = examine_secrets(subject, spec.options);
  if (spec.kind == "http") {
    auto peer = examine_peer(subject, spec.options, parts);
    append(found, co_await std::move(peer));
  }
  if (spec.kind == "exec") append(found, examine_programs(subject, spec.options));
  const auto actuators = make_actuators({spec}, parts);
  if (actuators.empty()) {
    found.push_back({Level::failure, subject, "it cannot be made ready; see what is said of the policy", ""});
    co_return found;
  }
  rollback::Actuator& actuator = *actuators.front();
  auto making_ready = actuator.arm(action, false);
  const auto arming = co_await std::move(making_ready);
  if (!arming) {
    found.push_back({Level::failure, subject, arming.error().message(), ""});
    co_return found;
  }
  append(found, diagnose(subject, *arming));
  for (const auto& [name, value] : arming->facts) action.facts[name] = value;
  // A program that reads the state back is the user's own: it is not run.
  if (spec.kind != "exec") {
    auto looking = examine_state(subject, actuator, action);
    append(found, co_await std::move(looking));
  }
  const auto preview = actuator.preview(action);
  if (preview)
    found.push_back({Level::ok, subject, "would: " + preview->what, ""});
  else
    found.push_back({Level::failure, subject, preview.error().message(), ""});
  co_return found;
}

}  // namespace davy::app::doctor
