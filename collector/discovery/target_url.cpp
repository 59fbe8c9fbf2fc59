#include "collector/discovery/target_url.hpp"

#include "core/base/text.hpp"
#include "core/net/url.hpp"

#include <string>

namespace davy::collector {

Result<Target> make_target(std::string_view place, Side side, const ScrapeSpec& spec, Labels labels) {
  std::string scheme(labels.get("__scheme__").value_or(spec.scheme));
  std::string path(labels.get("__metrics_path__").value_or(spec.metrics_path));
  std::string url(labels.get("__address__").value_or(place));
  if (url.find("://") == std::string::npos) {
    if (!path.starts_with('/')) path.insert(0, 1, '/');
    url = scheme + "://" + url + path;
  }
  const auto parsed = net::parse_url(url);
  if (!parsed) return parsed.error().within("target " + printable(place));
  Labels kept;
  for (const auto& [name, value] : labels) {
    if (!name.starts_with("__")) kept.set(name, value);
  }
  return Target{url, url, side, std::move(kept)};
}

}  // namespace davy::collector
