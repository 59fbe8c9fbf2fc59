#pragma once

// One leader among several Davys, by a Lease, as client-go does it.
//
// acquire() waits until we lead; hold() keeps the lease until it is lost; in between may_act() says whether
// an action may still be begun: renewed within the renew deadline, which ends before anybody else may lead. A
// holder changed by hand, a newer holder and a lease that cannot be renewed all end hold(). A lease that is
// deleted is made again, where that is permitted. Whoever waits looks every two seconds or so, and at the
// very moment the lease can expire.
//
// A lease that carries the label davy/service of another service is refused: two releases of the chart that
// share a name must not lead for each other.

#include "core/kube/kube_client.hpp"
#include "core/kube/lease.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

namespace davy::kube {

struct LeaseOptions {
  std::string name_space, name;
  std::string service;   // for the label
  std::string identity;  // ours, like no other's
  Duration duration = std::chrono::seconds(15);
  Duration renew_deadline = std::chrono::seconds(10);
  Duration retry_period = std::chrono::seconds(2);
};

class LeaseElection {
 public:
  // `tell` hears, in a sentence, of what changes: who leads, what went wrong.
  LeaseElection(boost::asio::any_io_executor executor, std::shared_ptr<KubeClient> client,
                std::shared_ptr<const Clock> clock, LeaseOptions options,
                std::function<void(const std::string&)> tell);

  boost::asio::awaitable<bool> acquire();  // false: stopped before
  boost::asio::awaitable<void> hold();
  boost::asio::awaitable<void> give_up();  // so that another need not wait for it to expire
  void stop();                             // ends acquire() and hold()

  bool may_act() const;
  const std::string& holder() const { return view_.record().holder; }
  std::int64_t transitions() const { return view_.record().transitions; }

 private:
  enum class Try { leading, following, failed };
  boost::asio::awaitable<Try> attempt(net::Deadline deadline);
  boost::asio::awaitable<Result<void>> write(const LeaseRecord& record, net::Deadline deadline);
  boost::asio::awaitable<Result<json::value>> read_or_make(net::Deadline deadline);
  boost::asio::awaitable<void> pause(Duration wait);
  Duration jittered();
  void complain(const std::string& what);
  std::string path() const;
  std::string collection() const;

  boost::asio::any_io_executor executor_;
  std::shared_ptr<KubeClient> client_;
  std::shared_ptr<const Clock> clock_;
  LeaseOptions options_;
  std::function<void(const std::string&)> tell_;
  boost::asio::steady_timer pause_;
  LeaseView view_;
  json::object metadata_;  // of the lease as last read, its version among it
  std::optional<Instant> renewed_at_;
  std::string complaint_;  // said once
  std::uint64_t random_;
  bool stopped_ = false;
};

}  // namespace davy::kube
