#include "rollback/kubernetes/tested_patch.hpp"

#include <utility>

namespace davy::rollback {
namespace asio = boost::asio;
namespace {

// How often a patch that met another writer is made anew before the attempt counts as failed.
constexpr int conflicts_max = 5;

}  // namespace

asio::awaitable<Result<void>> send_patch(kube::KubeClient& client, const PlannedPatch& planned,
                                         net::Deadline deadline, bool dry_run) {
  auto answer = co_await client.patch(planned.path, planned.kind, planned.patch, deadline, dry_run);
  const bool unknown_place = !answer && answer.error().kind() == ErrorKind::not_found;
  if (unknown_place && !planned.otherwise_path.empty())
    answer = co_await client.patch(planned.otherwise_path, planned.kind, planned.patch, deadline, dry_run);
  if (!answer) co_return answer.error();
  co_return Result<void>();
}

asio::awaitable<Result<ActionOutcome>> patch_until_it_fits(kube::KubeClient& client,
                                                           const LookAndPlan& look_and_plan,
                                                           const Action& action, Duration timeout,
                                                           std::string asked, std::string name) {
  bool rejected = false, changed = false;
  for (int turn = 0;;) {
    const auto planned = co_await look_and_plan();
    if (!planned) {
      const Error why = planned.error();
      if (why.kind() == ErrorKind::not_found && why.cause() != "no_such_api")
        co_return ActionOutcome{true, asked, name + " is gone: nothing is left to roll back"};
      co_return why;
    }
    if (planned->done) co_return ActionOutcome{!changed, asked, planned->what};
    const net::Deadline deadline = net::Deadline::after(timeout).or_sooner(action.deadline);
    const auto sent = co_await send_patch(client, *planned, deadline);
    if (sent) {
      if (!planned->more) co_return ActionOutcome{false, asked, planned->what};
      changed = true;
      continue;
    }
    const Error why = sent.error();
    if (++turn > conflicts_max) co_return Error(ErrorKind::unavailable, why.message(), "conflict");
    if (why.kind() == ErrorKind::not_found) continue;
    if (why.kind() != ErrorKind::conflict) co_return why;
    // Another writer got in between: look again at what is there now. A patch that is refused although
    // nothing has changed is wrong in itself.
    if (why.cause() == "rejected" && std::exchange(rejected, true))
      co_return Error(ErrorKind::invalid, why.message(), "rejected");
  }
}

}  // namespace davy::rollback
