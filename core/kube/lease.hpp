#pragma once

// What a coordination.k8s.io Lease says, and whether we may take it. Pure: the rules of client-go's leader
// election.
//
// A lease has expired when its record has not been seen to change for as long as it says it lasts, by our own
// monotonic clock: the times written inside it are never compared with ours, so clocks may differ as they
// like.

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <boost/json/object.hpp>
#include <optional>
#include <string>

namespace davy::kube {

struct LeaseRecord {
  std::string holder;  // empty: nobody
  int duration_s = 0;
  std::string acquired, renewed;  // RFC 3339 with microseconds, as written
  std::int64_t transitions = 0;
  bool operator==(const LeaseRecord&) const = default;
};

LeaseRecord read_lease(const boost::json::object& lease);
boost::json::object lease_spec(const LeaseRecord& record);

// The record as it was last seen, and when it last changed.
class LeaseView {
 public:
  void see(const LeaseRecord& record, Instant now);
  const LeaseRecord& record() const { return record_; }

  bool held_by(const std::string& identity) const { return record_.holder == identity && !identity.empty(); }
  // Nobody holds it, or whoever did has been silent for too long.
  bool free(Instant now) const { return record_.holder.empty() || now >= free_at(); }
  Instant free_at() const { return changed_at_ + std::chrono::seconds(record_.duration_s); }

 private:
  LeaseRecord record_;
  Instant changed_at_{};
};

// The record with which `identity` takes the lease, or renews it where it holds it already.
LeaseRecord taken(const LeaseRecord& before, const std::string& identity, Duration duration, WallTime now);

}  // namespace davy::kube
