#include "rollback/actuator.hpp"

namespace davy::rollback {
namespace asio = boost::asio;

asio::awaitable<Result<Arming>> Actuator::arm(const Action&, bool) {
  const auto state = co_await observe(nullptr);
  if (!state) co_return state.error();
  co_return Arming();
}

asio::awaitable<Result<std::string>> Actuator::pace(const Action&) { co_return std::string(); }

asio::awaitable<Result<std::string>> Actuator::stand_down(const Action&, bool) { co_return std::string(); }

}  // namespace davy::rollback
