#pragma once

// The demonstration's world: five baseline instances and a canary, traffic split between them, and a deploy
// API that can take the canary's share away. All on loopback, all on one loop.

#include "app/demo/demo_service.hpp"
#include "core/net/http_client.hpp"

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace davy::app {

class DemoTown {
 public:
  explicit DemoTown(boost::asio::io_context& loop);
  ~DemoTown();

  Result<void> start(double requests_per_second, double canary_share);
  void give_canary(double share);  // of the traffic, from now on
  DemoService& canary() { return *services_.front(); }
  std::vector<DemoService*> baseline();
  std::string deploy_api() const { return deploys_->origin(); }
  int rollbacks() const;                             // effective ones
  std::optional<Instant> rollback_received() const;  // when the deploy API was first asked

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::vector<std::unique_ptr<DemoService>> services_;  // the canary first
  std::unique_ptr<net::HttpServer> deploys_;
};

}  // namespace davy::app
