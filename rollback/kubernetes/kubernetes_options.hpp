#pragma once

// The options of `- kubernetes:`, which names a workload and one thing to do with it.
//
//   {deployment: shop/checkout, undo: last_good, pace: true}    also statefulset, daemonset
//   {deployment: shop/checkout-canary, scale: 0}
//   {deployment: shop/checkout, pause: true}                    also resume: true

#include "config/section.hpp"
#include "core/kube/workload.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace davy::rollback {

struct KubernetesOptions {
  enum class Do { undo, scale, pause, resume } what = Do::undo;
  kube::WorkloadRef workload;  // its namespace may be empty: that of the credentials
  std::string undo_to;         // last_good, previous, or a revision's number
  std::int64_t replicas = 0;
  bool pace = false;
  Duration timeout{};  // of one call
};

// Problems go to the section.
KubernetesOptions read_kubernetes_options(const config::Section& in);

// "shop/checkout", or "checkout" for the namespace of the credentials, as the value of this key.
kube::WorkloadRef read_workload_ref(const config::Section& in, kube::WorkloadKind kind, std::string_view key,
                                    const std::string& text);
// last_good, previous, or a number.
std::optional<std::string> read_undo_to(const config::Section& in, std::string_view key);

}  // namespace davy::rollback
