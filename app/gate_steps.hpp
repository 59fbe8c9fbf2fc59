#pragma once

// A progressive rollout, step by step: what each step did and how its window ended, as one account.
//
// Each step's window is a release of its own for the judge ("r1.2" is the second step of r1); for people and
// programs it is one release from the first step to the end.

#include "app/cluster.hpp"
#include "config/policy.hpp"
#include "core/model/incident.hpp"

#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

namespace davy::app {

// Pure.
class StepsAccount {
 public:
  StepsAccount(std::string service, std::string release, std::string revision, WallTime began);

  void performed(const std::string& step, const std::vector<ActionRecord>& actions, WallTime at);
  void window_over(const std::string& step, const Incident& incident);

  // What is known by now. Its end is that of the last window; idle before the first.
  const Incident& incident() const { return incident_; }
  // With a window that is still running.
  Incident with(const Incident& running) const;
  // A step could not be taken: somebody has to look.
  void gave_up(const std::string& step, WallTime at);

 private:
  Incident incident_;
  double not_before_last(double since_s) const;

  std::vector<TimelineEntry> timeline_;
  std::vector<ActionRecord> actions_;
};

// Takes a step: its actions in order, to the first that is not accepted.
boost::asio::awaitable<std::vector<ActionRecord>> take_step(boost::asio::io_context& loop, Cluster& cluster,
                                                            std::shared_ptr<net::Resolver> resolver,
                                                            config::Policy policy, std::size_t step,
                                                            std::string release, std::string revision);

}  // namespace davy::app
