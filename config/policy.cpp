#include "config/policy.hpp"

#include "core/base/text.hpp"

#include <fmt/format.h>

namespace davy::config {

std::string_view to_text(Mode mode) { return mode == Mode::enforce ? "enforce" : "observe"; }

bool has_targets(const SideSpec& side) {
  return !side.targets.empty() || !side.files.empty() || side.dns || side.kubernetes || side.prometheus;
}

std::string describe_targets(const SideSpec& side) {
  if (side.prometheus) return "what Prometheus at " + side.prometheus->url + " knows";
  if (!side.files.empty()) return "the targets listed in " + side.files;
  if (side.dns && side.dns->type == "SRV") return "the SRV records of " + side.dns->name;
  if (side.dns) return fmt::format("the addresses of {}, port {}", side.dns->name, side.dns->port);
  if (side.kubernetes) {
    const KubernetesTargets& pods = *side.kubernetes;
    const std::string of = pods.kind == "selector" ? fmt::format("the pods that match {}", pods.name)
                                                   : fmt::format("the pods of {} {}", pods.kind, pods.name);
    const std::string where = pods.name_space.empty() ? "" : " in namespace " + pods.name_space;
    if (pods.revision.empty()) return of + where;
    if (pods.revision == "new") return of + where + " that belong to the revision being rolled out";
    if (pods.revision == "old") return of + where + " that belong to the revisions before it";
    return fmt::format("{}{} that belong to revision {}", of, where, pods.revision);
  }
  if (side.targets.empty()) return "nothing";
  if (side.targets.size() <= 3) return join_spoken(side.targets);
  return fmt::format("{} and {} more", side.targets.front(), side.targets.size() - 1);
}

}  // namespace davy::config
