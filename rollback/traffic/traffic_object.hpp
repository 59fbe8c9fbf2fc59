#pragma once

// Where the weights are in each kind of object that splits traffic. Pure.
//
// HTTPRoute      spec.rules[].backendRefs[].weight, 1 by default, only proportions count
// VirtualService spec.http[].route[].weight (also tls and tcp), a single destination gets everything
// Ingress        annotation canary-weight of canary-weight-total, 100 by default (ingress-nginx)

#include "core/base/result.hpp"
#include "rollback/traffic/traffic_options.hpp"
#include "rollback/traffic/weight_split.hpp"

#include <boost/json/object.hpp>
#include <string>
#include <vector>

namespace davy::rollback {

struct Backend {
  std::string name;     // "checkout-canary", "checkout/v2"
  std::string pointer;  // JSON pointer to its weight; empty: it follows from the others
  Weight weight;
};

struct TrafficSplit {
  std::string pointer;      // JSON pointer to what a patch tests ...
  boost::json::value seen;  // ... for being this still; null: it is not there
  bool weights_are_text = false;
  Total total = Total::relative;
  std::vector<Backend> backends;

  std::vector<Weight> weights() const;
};

// The splits that the canary is part of. Errors: unsupported (no_canary: it is part of none; the message says
// what is there; not_canary: an ingress without the canary annotation).
Result<std::vector<TrafficSplit>> read_splits(const TrafficOptions& options,
                                              const boost::json::object& object);

// Something that gives the canary requests whatever its weight is; empty: nothing.
std::string beside_the_weight(const TrafficOptions& options, const boost::json::object& object);

// "checkout-stable 90, checkout-canary 10; checkout-stable 1, checkout-canary 0": for people, and to compare.
std::string to_text(const std::vector<TrafficSplit>& splits);

// The greatest share that the canary has anywhere, in percent.
double canary_percent(const std::vector<TrafficSplit>& splits);

// Who wrote the weights last; empty: not known.
std::string weights_writer(const TrafficOptions& options, const boost::json::object& object);

// Where the API may keep the object, best first.
std::vector<std::string> paths_of(const TrafficOptions& options);
std::string api_group(TrafficKind kind);
std::string api_resource(TrafficKind kind);

}  // namespace davy::rollback
