#include "core/kube/lease.hpp"

#include "core/kube/fields.hpp"

namespace davy::kube {
namespace json = boost::json;
namespace {

// The API reads exactly six decimals.
std::string micro_time(WallTime at) {
  std::string text = to_rfc3339(at);
  return text.insert(text.size() - 1, "000");
}

}  // namespace

LeaseRecord read_lease(const json::object& lease) {
  LeaseRecord record;
  record.holder = text_at(lease, {"spec", "holderIdentity"});
  record.duration_s = static_cast<int>(count_at(lease, {"spec", "leaseDurationSeconds"}));
  record.acquired = text_at(lease, {"spec", "acquireTime"});
  record.renewed = text_at(lease, {"spec", "renewTime"});
  record.transitions = count_at(lease, {"spec", "leaseTransitions"});
  return record;
}

json::object lease_spec(const LeaseRecord& record) {
  json::object spec{{"holderIdentity", record.holder},
                    {"leaseDurationSeconds", record.duration_s},
                    {"leaseTransitions", record.transitions}};
  if (!record.acquired.empty()) spec["acquireTime"] = record.acquired;
  if (!record.renewed.empty()) spec["renewTime"] = record.renewed;
  return spec;
}

void LeaseView::see(const LeaseRecord& record, Instant now) {
  if (record == record_ && changed_at_ != Instant{}) return;
  record_ = record;
  changed_at_ = now;
}

LeaseRecord taken(const LeaseRecord& before, const std::string& identity, Duration duration, WallTime now) {
  LeaseRecord record;
  record.holder = identity;
  record.duration_s = static_cast<int>(std::chrono::ceil<std::chrono::seconds>(duration).count());
  record.renewed = micro_time(now);
  const bool renewing = before.holder == identity;
  record.acquired = renewing ? before.acquired : record.renewed;
  record.transitions = renewing ? before.transitions : before.transitions + 1;
  return record;
}

}  // namespace davy::kube
