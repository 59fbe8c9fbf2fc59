#include "collector/kubernetes/pod_target.hpp"

#include "collector/discovery/target_url.hpp"
#include "core/base/text.hpp"

#include <charconv>
#include <fmt/format.h>

namespace davy::collector {
namespace {

int number_of(std::string_view text) {
  int number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  return ec == std::errc() && end == text.data() + text.size() && number > 0 && number < 65536 ? number : 0;
}

std::string ports_text(const kube::Pod& pod) {
  std::vector<std::string> names;
  for (const auto& [name, number] : pod.ports) names.push_back(name.empty() ? std::to_string(number) : name);
  return names.empty() ? "it declares none" : "it has " + join_spoken(names);
}

Result<int> port_of(const kube::Pod& pod, const KubernetesTargets& pods) {
  std::string wanted = pods.port;
  if (wanted.empty() && pods.annotations) wanted = pod_annotation(pod, "port");
  if (wanted.empty() && pod.ports.size() == 1) return pod.ports.front().second;
  if (const int number = number_of(wanted)) return number;
  for (const auto& [name, number] : pod.ports) {
    if (!wanted.empty() && name == wanted) return number;
  }
  const std::string which = wanted.empty() ? "needs port: to say which of its ports is scraped"
                                           : fmt::format("has no port named '{}'", printable(wanted, 60));
  return Error(ErrorKind::invalid, fmt::format("pod {} {}; {}", pod.name, which, ports_text(pod)), "no_port");
}

}  // namespace

std::string pod_annotation(const kube::Pod& pod, const char* name) {
  const auto found = pod.annotations.find(std::string("prometheus.io/") + name);
  return found == pod.annotations.end() ? std::string() : found->second;
}

Result<Target> pod_target(const kube::Pod& pod, const KubernetesTargets& pods, const ScrapeSpec& spec,
                          Side side, bool on_loopback) {
  const auto port = port_of(pod, pods);
  if (!port) return port.error();
  Labels labels;
  if (pods.annotations) {
    if (const std::string path = pod_annotation(pod, "path"); !path.empty())
      labels.set("__metrics_path__", path);
    if (const std::string scheme = pod_annotation(pod, "scheme"); scheme == "https" || scheme == "http")
      labels.set("__scheme__", scheme);
  }
  labels.set("pod", pod.name);
  const bool ipv6 = pod.ip.find(':') != std::string::npos;
  const std::string host = on_loopback ? "127.0.0.1" : ipv6 ? "[" + pod.ip + "]" : pod.ip;
  auto target = make_target(fmt::format("{}:{}", host, *port), side, spec, std::move(labels));
  if (!target) return target.error();
  target->id = "pod/" + pod.uid;
  return target;
}

}  // namespace davy::collector
