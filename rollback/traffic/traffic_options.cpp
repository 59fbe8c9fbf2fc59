#include "rollback/traffic/traffic_options.hpp"

#include <fmt/format.h>

namespace davy::rollback {

std::string_view to_text(TrafficKind kind) {
  switch (kind) {
    case TrafficKind::http_route: return "http_route";
    case TrafficKind::virtual_service: return "virtual_service";
    case TrafficKind::ingress: return "ingress";
  }
  return "http_route";
}

std::string TrafficOptions::to_text() const {
  return fmt::format("{} {}/{}", rollback::to_text(kind), name_space, name);
}

namespace {

void read_object(const config::Section& in, TrafficOptions& options) {
  int objects = 0;
  for (const TrafficKind kind :
       {TrafficKind::http_route, TrafficKind::virtual_service, TrafficKind::ingress}) {
    const auto text = in.text(to_text(kind));
    if (!text) continue;
    ++objects;
    options.kind = kind;
    const std::size_t slash = text->find('/');
    options.name_space = slash == std::string::npos ? "" : text->substr(0, slash);
    options.name = slash == std::string::npos ? *text : text->substr(slash + 1);
    if (options.name.empty() || slash == 0 || options.name.find('/') != std::string::npos)
      in.problem(to_text(kind), fmt::format("'{}' is no {}", *text, to_text(kind)), "write namespace/name");
  }
  if (objects != 1)
    in.problem_here("traffic needs exactly one of http_route, virtual_service and ingress",
                    "write http_route: namespace/name");
}

void read_canary(const config::Section& in, TrafficOptions& options) {
  options.canary = in.text("canary").value_or("");
  options.subset = in.text("subset").value_or("");
  options.stable = in.text("stable").value_or("");
  const bool ingress = options.kind == TrafficKind::ingress;
  for (const char* key : {"canary", "stable"}) {
    if (ingress && in.has(key))
      in.problem_at_key(key, "an ingress is the canary's own",
                        "name the ingress that has the canary annotations");
  }
  if (options.kind != TrafficKind::virtual_service && in.has("subset"))
    in.problem_at_key("subset", "only a virtual_service has subsets");
  if (options.kind == TrafficKind::http_route && options.canary.empty() && !in.has("canary"))
    in.problem_here("http_route needs canary: the backend's name");
  if (options.kind == TrafficKind::virtual_service && !in.has("canary") && !in.has("subset"))
    in.problem_here("virtual_service needs canary: the destination's host, or subset:, or both");
  if (!options.stable.empty() && options.stable == options.canary && options.subset.empty())
    in.problem("stable", "the canary cannot be its own stable version");
}

}  // namespace

TrafficOptions read_traffic_options(const config::Section& in) {
  TrafficOptions options;
  read_object(in, options);
  read_canary(in, options);
  options.percent = static_cast<int>(in.count("weight", 0, 100).value_or(0));
  options.restore = in.boolean("restore").value_or(false);
  if (options.restore && in.has("weight"))
    in.problem_at_key("weight", "restore: true puts back the weights that were there", "keep one of the two");
  options.timeout = in.duration("timeout").value_or(std::chrono::seconds(10));
  in.finish();
  return options;
}

}  // namespace davy::rollback
