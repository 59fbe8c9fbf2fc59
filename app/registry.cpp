#include "app/registry.hpp"

#include "judge/mann_whitney/mann_whitney.hpp"
#include "judge/restarts/restarts.hpp"
#include "judge/sequential/sequential.hpp"
#include "judge/threshold/threshold.hpp"
#include "rollback/argo_rollouts/argo_rollouts_actuator.hpp"
#include "rollback/exec/exec_actuator.hpp"
#include "rollback/haproxy/haproxy_actuator.hpp"
#include "rollback/http/http_actuator.hpp"
#include "rollback/kubernetes/kubernetes_actuator.hpp"
#include "rollback/traffic/traffic_actuator.hpp"

#include <array>
#include <utility>

namespace davy::app {
namespace {

const std::array<std::pair<std::string_view, rollback::ActuatorFactory>, 6> actuators{{
    {"argo_rollouts", rollback::make_argo_rollouts_actuator},
    {"exec", rollback::make_exec_actuator},
    {"haproxy", rollback::make_haproxy_actuator},
    {"http", rollback::make_http_actuator},
    {"kubernetes", rollback::make_kubernetes_actuator},
    {"traffic", rollback::make_traffic_actuator},
}};

}  // namespace

std::vector<std::unique_ptr<rollback::Actuator>> make_actuators(const std::vector<config::ActionSpec>& specs,
                                                                const rollback::ActuatorParts& parts) {
  std::vector<std::unique_ptr<rollback::Actuator>> made;
  for (const config::ActionSpec& spec : specs) {
    for (const auto& [kind, make] : actuators) {
      if (kind != spec.kind) continue;
      if (auto actuator = make(spec.options, parts)) made.push_back(std::move(actuator));
    }
  }
  return made;
}

std::unique_ptr<judge::Comparison> make_comparison(const Check& check) {
  if (check.kind == CheckKind::restarts) return judge::make_restarts(check);
  switch (check.method) {
    case Method::sequential: return judge::make_sequential(check);
    case Method::threshold: return judge::make_threshold(check);
    case Method::mann_whitney: return judge::make_mann_whitney(check);
  }
  return judge::make_sequential(check);
}

}  // namespace davy::app
