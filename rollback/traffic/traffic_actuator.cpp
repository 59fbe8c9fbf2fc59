#include "rollback/traffic/traffic_actuator.hpp"

#include "core/kube/fields.hpp"
#include "core/kube/kube_client.hpp"
#include "core/kube/managed_fields.hpp"
#include "rollback/kubernetes/arming_checks.hpp"
#include "rollback/kubernetes/marks.hpp"
#include "rollback/traffic/traffic_plan.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::rollback {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

class TrafficActuator final : public Actuator {
 public:
  TrafficActuator(TrafficOptions options, std::shared_ptr<kube::KubeClient> client)
      : options_(std::move(options)), client_(std::move(client)) {
    if (options_.name_space.empty()) options_.name_space = client_->access().name_space;
    path_ = paths_of(options_).front();
  }

  std::string_view kind() const override { return "traffic"; }
  asio::awaitable<Result<Arming>> arm(const Action& action, bool may_mark) override;
  asio::awaitable<Result<DeployState>> observe(const Action* action) override;
  Result<ActionPreview> preview(const Action& action) const override;
  asio::awaitable<Result<ActionOutcome>> apply(const Action& action) override;

 private:
  net::Deadline soon() const { return net::Deadline::after(options_.timeout); }
  asio::awaitable<Result<json::value>> look(net::Deadline deadline);
  asio::awaitable<Result<PlannedPatch>> look_and_plan(const Action& action);

  TrafficOptions options_;
  std::shared_ptr<kube::KubeClient> client_;
  std::string path_;  // of the version that the cluster has, once it is known
};

asio::awaitable<Result<json::value>> TrafficActuator::look(net::Deadline deadline) {
  Error last;
  const std::vector<std::string> paths = paths_of(options_);
  for (const std::string& path : paths) {
    auto object = co_await client_->get(path, deadline);
    if (object) {
      path_ = path;
      co_return std::move(*object);
    }
    last = object.error();
    if (last.cause() != "no_such_api") co_return last;
  }
  co_return Error(last.kind(),
                  fmt::format("the cluster does not know {}.{}: install it there, or act on something else",
                              api_resource(options_.kind), api_group(options_.kind)),
                  "no_such_api");
}

asio::awaitable<Result<Arming>> TrafficActuator::arm(const Action& action, bool) {
  Arming arming;
  const auto seen = co_await look(soon());
  auto splits =
      seen ? read_splits(options_, seen->get_object()) : Result<std::vector<TrafficSplit>>(seen.error());
  if (!splits) {
    const Error why = splits.error();
    if (why.retryable()) co_return why;
    arming.ready = false;
    arming.warnings.push_back(why.message());
    co_return arming;
  }
  const json::object& object = seen->get_object();
  arming.facts = weight_facts(options_, object, *splits);
  std::vector<kube::Permission> needed{{"patch", api_group(options_.kind), api_resource(options_.kind), "",
                                        options_.name_space, options_.name}};
  co_await check_permissions(*client_, std::move(needed), options_.timeout, arming);
  warn_of_owner(options_.to_text(), kube::texts_at(object, {"metadata", "labels"}),
                kube::texts_at(object, {"metadata", "annotations"}), kube::spec_writers(object), arming);
  const std::string beside = beside_the_weight(options_, object);
  if (!beside.empty())
    arming.warnings.push_back(fmt::format("{} sends requests to the canary by {}, whatever its weight is",
                                          options_.to_text(), beside));
  if (!arming.ready) co_return arming;
  Action rehearsal = action;
  for (const auto& [key, value] : arming.facts) rehearsal.facts[key] = value;
  auto planned = plan_traffic(options_, object, rehearsal, path_);
  co_await rehearse(*client_, std::move(planned), soon(), arming);
  co_return arming;
}

asio::awaitable<Result<DeployState>> TrafficActuator::observe(const Action* action) {
  DeployState state;
  net::Deadline deadline = soon();
  if (action != nullptr) deadline = deadline.or_sooner(action->deadline);
  const auto seen = co_await look(deadline);
  if (!seen) {
    const Error why = seen.error();
    // An ingress of the canary's own takes its share with it.
    if (options_.kind != TrafficKind::ingress || why.cause() != "not_found") co_return why;
    state.summary = options_.to_text() + " is gone";
    state.canary_serving = false;
    co_return state;
  }
  const json::object& object = seen->get_object();
  const auto splits = read_splits(options_, object);
  if (!splits) co_return splits.error();
  const double percent = canary_percent(*splits);
  state.summary = fmt::format("{}: {}", options_.to_text(), to_text(*splits));
  state.applied_action = mark_at(kube::texts_at(object, {"metadata", "annotations"}), "davy/decision");
  // A share that the policy leaves to the canary says nothing about whether it is enough.
  const bool as_wanted = options_.percent > 0 && percent <= options_.percent + 0.5;
  if (percent <= 0) state.canary_serving = false;
  if (percent > 0 && !as_wanted) state.canary_serving = true;
  if (action != nullptr) state.undone_by = weights_undone_by(options_, object, *action);
  co_return state;
}

Result<ActionPreview> TrafficActuator::preview(const Action&) const {
  const std::string what = options_.restore ? std::string("the weights of when the release began")
                                            : fmt::format("{}% for the canary", options_.percent);
  return ActionPreview{fmt::format("PATCH {}: {}", path_, what)};
}

asio::awaitable<Result<PlannedPatch>> TrafficActuator::look_and_plan(const Action& action) {
  const auto seen = co_await look(soon().or_sooner(action.deadline));
  if (seen) co_return plan_traffic(options_, seen->get_object(), action, path_);
  const Error why = seen.error();
  // Without its route nobody knows where the traffic goes.
  if (options_.kind != TrafficKind::ingress && why.cause() == "not_found")
    co_return Error(ErrorKind::unsupported, options_.to_text() + " does not exist", "gone");
  co_return why;
}

asio::awaitable<Result<ActionOutcome>> TrafficActuator::apply(const Action& action) {
  const LookAndPlan planner = [this, &action] { return look_and_plan(action); };
  std::string asked = preview(action)->what;
  co_return co_await patch_until_it_fits(*client_, planner, action, options_.timeout, std::move(asked),
                                         options_.to_text());
}

}  // namespace

std::unique_ptr<Actuator> make_traffic_actuator(const config::Section& section, const ActuatorParts& parts) {
  TrafficOptions options = read_traffic_options(section);
  auto client = kube_client(section, parts);
  if (!client) return nullptr;
  return std::make_unique<TrafficActuator>(std::move(options), std::move(client));
}

}  // namespace davy::rollback
