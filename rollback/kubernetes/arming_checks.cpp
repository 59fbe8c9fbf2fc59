#include "rollback/kubernetes/arming_checks.hpp"

#include "core/kube/workload.hpp"

#include <fmt/format.h>
#include <optional>

namespace davy::rollback {
namespace asio = boost::asio;

asio::awaitable<void> check_permissions(kube::KubeClient& client, std::vector<kube::Permission> needed,
                                        Duration timeout, Arming& arming) {
  for (const kube::Permission& permission : needed) {
    const auto allowed = co_await client.allowed(permission, net::Deadline::after(timeout));
    if (!allowed || *allowed) continue;  // a review that fails says nothing; the rehearsal will
    arming.ready = false;
    arming.warnings.push_back("not permitted: " + permission.to_text() +
                              "; grant it to Davy's service account");
  }
}

void warn_of_owner(const std::string& name, const std::map<std::string, std::string>& labels,
                   const std::map<std::string, std::string>& annotations,
                   const std::vector<std::string>& field_managers, Arming& arming) {
  const std::string owner = kube::gitops_owner(labels, annotations, field_managers);
  if (owner.empty()) return;
  arming.warnings.push_back(fmt::format(
      "{} belongs to {}, which will undo a rollback unless its source goes back too", name, owner));
}

asio::awaitable<void> rehearse(kube::KubeClient& client, Result<PlannedPatch> planned, net::Deadline deadline,
                               Arming& arming) {
  std::optional<Error> refusal;
  if (!planned) {
    refusal = planned.error();
  } else if (!planned->done) {
    const auto sent = co_await send_patch(client, *planned, deadline, true);
    if (!sent) refusal = sent.error();
  }
  if (!refusal || refusal->retryable() || refusal->kind() == ErrorKind::conflict) co_return;
  arming.ready = false;
  arming.warnings.push_back("a rollback would be refused now: " + refusal->message());
}

}  // namespace davy::rollback
