#include "rollback/actuator.hpp"

#include "config/section.hpp"

namespace davy::rollback {
namespace asio = boost::asio;

asio::awaitable<Result<Arming>> Actuator::arm(const Action&, bool) {
  const auto state = co_await observe(nullptr);
  if (!state) co_return state.error();
  co_return Arming();
}

asio::awaitable<Result<std::string>> Actuator::pace(const Action&) { co_return std::string(); }

asio::awaitable<Result<std::string>> Actuator::stand_down(const Action&, bool) { co_return std::string(); }

std::shared_ptr<kube::KubeClient> kube_client(const config::Section& options, const ActuatorParts& parts) {
  if (!options.clean() || !parts.kube) return nullptr;
  auto client = parts.kube();
  if (client) return std::move(*client);
  options.problem_here("no way to the Kubernetes API: " + client.error().message());
  return nullptr;
}

}  // namespace davy::rollback
