#include "core/kube/lease_election.hpp"

#include "core/kube/fields.hpp"
#include "core/net/into.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::kube {
namespace asio = boost::asio;
namespace {

// Waiting Davys look at 1 to 1.15 retry periods, so that together with the moment of expiry somebody leads
// within the lease's duration and 1.2 retry periods.
constexpr double jitter = 0.15;
constexpr const char* service_label = "davy/service";

}  // namespace

LeaseElection::LeaseElection(asio::any_io_executor executor, std::shared_ptr<KubeClient> client,
                             std::shared_ptr<const Clock> clock, LeaseOptions options,
                             std::function<void(const std::string&)> tell)
    : executor_(executor),
      client_(std::move(client)),
      clock_(std::move(clock)),
      options_(std::move(options)),
      tell_(std::move(tell)),
      pause_(executor),
      random_(std::hash<std::string>{}(options_.identity) | 1U) {}

std::string LeaseElection::collection() const {
  return fmt::format("/apis/coordination.k8s.io/v1/namespaces/{}/leases", options_.name_space);
}

std::string LeaseElection::path() const { return collection() + "/" + options_.name; }

Duration LeaseElection::jittered() {
  random_ ^= random_ << 13U;
  random_ ^= random_ >> 7U;
  random_ ^= random_ << 17U;
  return options_.retry_period +
         from_seconds(seconds(options_.retry_period) * jitter * static_cast<double>(random_ % 1024) / 1024);
}

void LeaseElection::complain(const std::string& what) {
  if (what == complaint_) return;
  complaint_ = what;
  if (!what.empty() && tell_) tell_(what);
}

asio::awaitable<void> LeaseElection::pause(Duration wait) {
  pause_.expires_after(std::max(wait, Duration::zero()));
  boost::system::error_code ignored;
  if (!stopped_) co_await pause_.async_wait(net::into(ignored));
}

void LeaseElection::stop() {
  stopped_ = true;
  pause_.cancel();
}

bool LeaseElection::may_act() const {
  return renewed_at_ && clock_->now() - *renewed_at_ < options_.renew_deadline;
}

asio::awaitable<Result<json::value>> LeaseElection::read_or_make(net::Deadline deadline) {
  auto lease = co_await client_->get(path(), deadline);
  const std::optional<Error> why = lease ? std::nullopt : std::optional(lease.error());
  if (!why || why->kind() != ErrorKind::not_found) co_return lease;
  const LeaseRecord record = taken({}, options_.identity, options_.duration, clock_->wall());
  json::value object{{"apiVersion", "coordination.k8s.io/v1"},
                     {"kind", "Lease"},
                     {"metadata", {{"name", options_.name}, {"labels", {{service_label, options_.service}}}}},
                     {"spec", lease_spec(record)}};
  co_return co_await client_->create(collection(), std::move(object), deadline);
}

asio::awaitable<Result<void>> LeaseElection::write(const LeaseRecord& record, net::Deadline deadline) {
  json::value object{{"apiVersion", "coordination.k8s.io/v1"},
                     {"kind", "Lease"},
                     {"metadata", metadata_},
                     {"spec", lease_spec(record)}};
  const Instant asked = clock_->now();
  auto written = co_await client_->replace(path(), std::move(object), deadline);
  if (!written) co_return written.error();
  metadata_ = object_at(written->get_object(), {"metadata"});
  metadata_.erase("managedFields");
  view_.see(record, clock_->now());
  renewed_at_ = asked;  // the earlier of the two: by then it was certainly ours
  co_return Result<void>();
}

asio::awaitable<LeaseElection::Try> LeaseElection::attempt(net::Deadline deadline) {
  // The usual case costs one call: whoever leads writes over what it wrote last.
  if (view_.held_by(options_.identity) && may_act()) {
    const LeaseRecord next = taken(view_.record(), options_.identity, options_.duration, clock_->wall());
    if (const auto renewed = co_await write(next, deadline)) co_return Try::leading;
  }
  auto lease = co_await read_or_make(deadline);
  if (!lease) {
    const Error why = lease.error();
    if (why.cause() == "already_exists")
      co_return Try::following;  // another made it first; the next look will tell
    complain(why.message());
    co_return Try::failed;
  }
  const json::object& object = lease->get_object();
  const std::string service = texts_at(object, {"metadata", "labels"})[service_label];
  if (!service.empty() && service != options_.service) {
    complain(
        fmt::format("lease {}/{} belongs to the service {}, and this is {}: choose another --lease-namespace",
                    options_.name_space, options_.name, service, options_.service));
    co_return Try::failed;
  }
  metadata_ = object_at(object, {"metadata"});
  metadata_.erase("managedFields");
  view_.see(read_lease(object), clock_->now());
  const bool ours = view_.held_by(options_.identity);
  if (!ours && !view_.free(clock_->now())) {
    complain("");
    co_return Try::following;
  }
  const LeaseRecord next = taken(view_.record(), options_.identity, options_.duration, clock_->wall());
  const auto written = co_await write(next, deadline);
  if (written) {
    complain("");
    co_return Try::leading;
  }
  const Error why = written.error();
  if (why.kind() == ErrorKind::conflict && !ours) co_return Try::following;  // another was faster
  complain(why.message());
  co_return Try::failed;
}

asio::awaitable<bool> LeaseElection::acquire() {
  renewed_at_.reset();
  std::string told;
  while (!stopped_) {
    const Try outcome = co_await attempt(net::Deadline::after(options_.renew_deadline));
    if (outcome == Try::leading) {
      if (tell_) tell_(fmt::format("leading as {}", options_.identity));
      co_return true;
    }
    if (outcome == Try::following && holder() != told) {
      told = holder();
      if (tell_ && !told.empty()) tell_(fmt::format("{} leads; waiting", told));
    }
    Duration wait = jittered();
    if (outcome == Try::following && !holder().empty())
      wait = std::clamp(view_.free_at() - clock_->now(), Duration(std::chrono::milliseconds(20)), wait);
    co_await pause(wait);
  }
  co_return false;
}

asio::awaitable<void> LeaseElection::hold() {
  while (!stopped_) {
    co_await pause(options_.retry_period);
    if (stopped_) co_return;
    const Instant end = *renewed_at_ + options_.renew_deadline;
    const Try outcome = co_await attempt(net::Deadline(end));
    if (outcome == Try::following) {
      if (tell_) tell_(fmt::format("{} leads now; stepping down", holder().empty() ? "nobody" : holder()));
      break;
    }
    if (outcome == Try::failed && clock_->now() >= end) {
      if (tell_) tell_("the lease could not be renewed in time; stepping down");
      break;
    }
  }
  if (!stopped_) renewed_at_.reset();
}

asio::awaitable<void> LeaseElection::give_up() {
  if (!view_.held_by(options_.identity) || !may_act()) co_return;
  LeaseRecord record = view_.record();
  record.holder.clear();
  record.duration_s = 1;
  static_cast<void>(co_await write(record, net::Deadline::after(std::chrono::seconds(2))));
  renewed_at_.reset();
}

}  // namespace davy::kube
