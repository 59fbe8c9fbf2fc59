#pragma once

// Where a side's targets come from and how they are scraped: the policy's words as values.

#include "core/base/clock.hpp"
#include "core/base/http_access.hpp"
#include "core/model/selector.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace davy {

struct DnsTargets {
  std::string name;
  std::string type = "A";  // A (with AAAA) or SRV; SRV brings its own port
  int port = 0;
  bool operator==(const DnsTargets&) const = default;
};

// The pods of a workload, or of a label selector.
struct KubernetesTargets {
  std::string kind = "deployment";  // deployment, statefulset, daemonset, rollout, selector
  std::string name_space;           // empty: that of the credentials
  std::string name;                 // the workload's, or the label selector itself
  std::string revision;      // new: the one being rolled out; old: every other; a number; empty: all pods
  std::string port;          // a number, or the name of a container's port; empty: the only one
  bool annotations = false;  // prometheus.io/scrape, port, path and scheme of the pods count
  bool own_pod_on_loopback = false;
  bool operator==(const KubernetesTargets&) const = default;
};

// A server that speaks Prometheus' query API: the side's numbers are asked for there, nothing is scraped.
struct PrometheusSource {
  std::string url;  // up to, and without, /api/v1/query
  HttpAccess access;
  bool accept_partial = false;  // use answers that say they are incomplete
  bool operator==(const PrometheusSource&) const = default;
};

// One side of the comparison. At most one of targets, files, dns, kubernetes and prometheus is set.
struct SideSpec {
  std::vector<std::string> targets;  // URLs, or host:port completed by ScrapeSpec's scheme and path
  std::string files;                 // a path or a glob in its last part: Prometheus' file_sd format
  std::optional<DnsTargets> dns;
  std::optional<KubernetesTargets> kubernetes;
  std::optional<PrometheusSource> prometheus;
  std::optional<Selector> where;  // only series that match belong to this side
  std::string members;  // the label that tells one instance from another; empty: a target is a member
  int min_targets = 1;
  bool operator==(const SideSpec&) const = default;
};

struct ScrapeSpec {
  Duration interval = std::chrono::seconds(5);
  Duration timeout = std::chrono::seconds(3);
  std::size_t body_size_limit = 10U * 1024 * 1024;  // decompressed bytes
  std::size_t sample_limit = 50'000;
  std::size_t label_limit = 64;
  std::size_t label_name_length_limit = 1024;
  std::size_t label_value_length_limit = 16 * 1024;
  std::size_t target_limit = 1000;
  std::string scheme = "http";
  std::string metrics_path = "/metrics";
  HttpAccess access;
  bool operator==(const ScrapeSpec&) const = default;
};

}  // namespace davy
