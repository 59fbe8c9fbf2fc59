#pragma once

// Where a pod is scraped.

#include "core/kube/workload.hpp"
#include "core/model/scrape.hpp"
#include "core/model/target.hpp"

namespace davy::collector {

// The port by number, by name, by annotation, or the only one the pod has. `on_loopback`: at 127.0.0.1
// instead of the pod's address. Error: invalid, saying which ports there are.
Result<Target> pod_target(const kube::Pod& pod, const KubernetesTargets& pods, const ScrapeSpec& spec,
                          Side side, bool on_loopback);

// The value of prometheus.io/NAME; empty when there is none.
std::string pod_annotation(const kube::Pod& pod, const char* name);

}  // namespace davy::collector
