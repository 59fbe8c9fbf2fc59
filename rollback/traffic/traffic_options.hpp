#pragma once

// The options of `- traffic:`, which names one object that splits traffic, and the canary's share of it.
//
//   {http_route: shop/checkout, canary: checkout-canary, weight: 0}            Gateway API
//   {virtual_service: shop/checkout, canary: checkout, subset: v2}             Istio
//   {ingress: shop/checkout-canary}                                            ingress-nginx
//   {http_route: shop/checkout, canary: checkout-canary, restore: true}        the weights of when the
//   release began

#include "config/section.hpp"

#include <string>

namespace davy::rollback {

enum class TrafficKind { http_route, virtual_service, ingress };
std::string_view to_text(TrafficKind kind);  // as the policy names it

struct TrafficOptions {
  TrafficKind kind = TrafficKind::http_route;
  std::string name_space, name;  // the first may be empty: that of the credentials
  std::string canary;            // a backend's name, or a destination's host
  std::string subset;            // of the canary; virtual_service only
  std::string stable;            // takes what the canary loses; empty: all others do, in their proportions
  int percent = 0;               // the canary's share
  bool restore = false;
  Duration timeout{};  // of one call

  std::string to_text() const;  // "http_route shop/checkout"
};

// Problems go to the section.
TrafficOptions read_traffic_options(const config::Section& in);

}  // namespace davy::rollback
