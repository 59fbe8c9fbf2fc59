#include "rollback/traffic/traffic_object.hpp"

#include "core/base/text.hpp"
#include "core/kube/fields.hpp"
#include "core/kube/managed_fields.hpp"
#include "rollback/kubernetes/marks.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <fmt/format.h>

namespace davy::rollback {
namespace json = boost::json;
using Role = Weight::Role;
using kube::array_at;
using kube::count_at;
using kube::text_at;
namespace {

constexpr const char* nginx = "nginx.ingress.kubernetes.io/";

std::string nginx_annotation(const json::object& object, const std::string& name) {
  return text_at(object, {"metadata", "annotations", nginx + name});
}

Role role_of(const TrafficOptions& options, bool canary, bool stable) {
  if (canary) return Role::canary;
  return options.stable.empty() || stable ? Role::takes_rest : Role::left_alone;
}

Backend http_route_backend(const TrafficOptions& options, const json::object& entry) {
  Backend backend;
  const std::string name_space = text_at(entry, {"namespace"});
  const bool here = name_space.empty() || name_space == options.name_space;
  backend.name = here ? text_at(entry, {"name"}) : name_space + "/" + text_at(entry, {"name"});
  backend.weight.role = role_of(options, backend.name == options.canary, backend.name == options.stable);
  backend.weight.weight = count_at(entry, {"weight"}, 1);
  return backend;
}

// "checkout" means checkout.shop.svc.cluster.local, too.
bool is_host(const std::string& host, const std::string& wanted) {
  return host == wanted || host.starts_with(wanted + ".");
}

Backend destination(const TrafficOptions& options, const json::object& entry, bool only_one) {
  Backend backend;
  const std::string host = text_at(entry, {"destination", "host"});
  const std::string subset = text_at(entry, {"destination", "subset"});
  backend.name = subset.empty() ? host : host + "/" + subset;
  const bool canary = (options.canary.empty() || is_host(host, options.canary)) &&
                      (options.subset.empty() || subset == options.subset);
  const bool stable = !options.stable.empty() && (is_host(host, options.stable) || subset == options.stable);
  backend.weight.role = role_of(options, canary, stable);
  backend.weight.weight = count_at(entry, {"weight"}, only_one ? 100 : 0);
  return backend;
}

// One split for every list named `backends` inside the rules at `pointer`.
void read_rules(const TrafficOptions& options, const json::array& rules, const std::string& pointer,
                const char* backends, std::vector<TrafficSplit>& splits) {
  for (std::size_t r = 0; r < rules.size(); ++r) {
    if (!rules[r].is_object()) continue;
    const json::array& entries = array_at(rules[r].get_object(), {backends});
    TrafficSplit split;
    split.pointer = fmt::format("{}/{}/{}", pointer, r, backends);
    split.seen = entries;
    split.total = options.kind == TrafficKind::http_route ? Total::relative : Total::hundred;
    for (std::size_t b = 0; b < entries.size(); ++b) {
      if (!entries[b].is_object()) continue;
      const json::object& entry = entries[b].get_object();
      split.backends.push_back(options.kind == TrafficKind::http_route
                                   ? http_route_backend(options, entry)
                                   : destination(options, entry, entries.size() == 1));
      split.backends.back().pointer = fmt::format("{}/{}/weight", split.pointer, b);
    }
    splits.push_back(std::move(split));
  }
}

std::int64_t number_in(const std::string& text, std::int64_t otherwise) {
  std::int64_t number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

TrafficSplit read_ingress(const json::object& object) {
  TrafficSplit split;
  const std::string text = nginx_annotation(object, "canary-weight");
  const std::int64_t weight = number_in(text, 0);
  const std::int64_t total =
      std::max(number_in(nginx_annotation(object, "canary-weight-total"), 100), weight);
  split.pointer = annotation_path(std::string(nginx) + "canary-weight");
  if (!text.empty()) split.seen = text;
  split.weights_are_text = true;
  split.total = Total::fixed;
  split.backends.push_back({"canary", split.pointer, {Role::canary, weight}});
  split.backends.push_back({"the rest", "", {Role::takes_rest, total - weight}});
  return split;
}

bool has_canary(const TrafficSplit& split) {
  return std::any_of(split.backends.begin(), split.backends.end(),
                     [](const Backend& backend) { return backend.weight.role == Role::canary; });
}

std::string canary_text(const TrafficOptions& options) {
  if (options.subset.empty()) return options.canary;
  return options.canary.empty() ? "subset " + options.subset : options.canary + "/" + options.subset;
}

}  // namespace

std::vector<Weight> TrafficSplit::weights() const {
  std::vector<Weight> out;
  for (const Backend& backend : backends) out.push_back(backend.weight);
  return out;
}

Result<std::vector<TrafficSplit>> read_splits(const TrafficOptions& options, const json::object& object) {
  std::vector<TrafficSplit> splits;
  if (options.kind == TrafficKind::ingress) {
    if (nginx_annotation(object, "canary") != "true")
      return Error(
          ErrorKind::unsupported,
          fmt::format("{} is no canary: its annotation {}canary is not \"true\"", options.to_text(), nginx),
          "not_canary");
    splits.push_back(read_ingress(object));
    return splits;
  }
  if (options.kind == TrafficKind::http_route)
    read_rules(options, array_at(object, {"spec", "rules"}), "/spec/rules", "backendRefs", splits);
  if (options.kind == TrafficKind::virtual_service) {
    for (const char* protocol : {"http", "tls", "tcp"})
      read_rules(options, array_at(object, {"spec", protocol}), fmt::format("/spec/{}", protocol), "route",
                 splits);
  }
  const std::string all = to_text(splits);
  std::erase_if(splits, [](const TrafficSplit& split) { return !has_canary(split); });
  if (!splits.empty()) return splits;
  return Error(ErrorKind::unsupported,
               fmt::format("{} sends nothing to {}; it has {}", options.to_text(), canary_text(options),
                           all.empty() ? "no backend" : all),
               "no_canary");
}

std::string beside_the_weight(const TrafficOptions& options, const json::object& object) {
  if (options.kind != TrafficKind::ingress) return {};
  std::vector<std::string> found;
  for (const char* name : {"canary-by-header", "canary-by-cookie"}) {
    if (!nginx_annotation(object, name).empty()) found.push_back(std::string(nginx) + name);
  }
  return join_spoken(found);
}

std::string to_text(const std::vector<TrafficSplit>& splits) {
  std::vector<std::string> texts;
  for (const TrafficSplit& split : splits) {
    std::vector<std::string> backends;
    for (const Backend& backend : split.backends)
      backends.push_back(fmt::format("{} {}", backend.name, backend.weight.weight));
    texts.push_back(join(backends, ", "));
  }
  return join(texts, "; ");
}

double canary_percent(const std::vector<TrafficSplit>& splits) {
  double most = 0;
  for (const TrafficSplit& split : splits) {
    double canary = 0, all = 0;
    for (const Backend& backend : split.backends) {
      const auto weight = static_cast<double>(backend.weight.weight);
      all += weight;
      canary += backend.weight.role == Role::canary ? weight : 0;
    }
    if (all > 0) most = std::max(most, 100 * canary / all);
  }
  return most;
}

std::string weights_writer(const TrafficOptions& options, const json::object& object) {
  std::string writer;
  const std::string annotation = fmt::format("f:{}canary-weight", nginx);
  switch (options.kind) {
    case TrafficKind::http_route: writer = kube::last_writer(object, {"f:spec", "f:rules"}); break;
    case TrafficKind::virtual_service: writer = kube::last_writer(object, {"f:spec", "f:http"}); break;
    case TrafficKind::ingress: return kube::last_writer(object, {"f:metadata", "f:annotations", annotation});
  }
  return writer.empty() ? kube::last_writer(object, {"f:spec"}) : writer;
}

std::string api_group(TrafficKind kind) {
  switch (kind) {
    case TrafficKind::http_route: return "gateway.networking.k8s.io";
    case TrafficKind::virtual_service: return "networking.istio.io";
    case TrafficKind::ingress: return "networking.k8s.io";
  }
  return {};
}

std::string api_resource(TrafficKind kind) {
  switch (kind) {
    case TrafficKind::http_route: return "httproutes";
    case TrafficKind::virtual_service: return "virtualservices";
    case TrafficKind::ingress: return "ingresses";
  }
  return {};
}

std::vector<std::string> paths_of(const TrafficOptions& options) {
  std::vector<std::string> paths;
  // Istio serves v1 since 1.22.
  for (const char* version : {"v1", "v1beta1"}) {
    if (version == std::string_view("v1beta1") && options.kind != TrafficKind::virtual_service) continue;
    paths.push_back(fmt::format("/apis/{}/{}/namespaces/{}/{}/{}", api_group(options.kind), version,
                                options.name_space, api_resource(options.kind), options.name));
  }
  return paths;
}

}  // namespace davy::rollback
