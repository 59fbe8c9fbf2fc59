#pragma once

// One place that is scraped, and which side of the comparison it speaks for.

#include "core/model/labels.hpp"

#include <string>
#include <string_view>

namespace davy {

enum class Side { canary, baseline };
constexpr std::string_view to_text(Side side) { return side == Side::canary ? "canary" : "baseline"; }

// `id` tells one target from every other for as long as it lives: the URL, or a pod's UID where one is known,
// since an address can pass from one pod to another. One URL may be a target of both sides (HAProxy, Envoy):
// it is scraped once.
struct Target {
  std::string id;
  std::string url;
  Side side = Side::canary;
  Labels labels;  // from discovery; they win over exposed labels of the same name
  bool operator==(const Target&) const = default;
};

}  // namespace davy
