#pragma once

// The routes: health, metrics and status for whoever may connect; changes for whoever holds the token.
//
//   GET  /-/healthy  /-/ready  /metrics  /api/v1/status  /
//   GET  /api/v1/incidents/last      the report of the release that ended last
//   POST /api/v1/releases            {"release": "...", "revision": "..."}   starts a window
//   POST /api/v1/hold|resume|rollback|cancel   {"release": "...", "who": "...", "reason": "..."}
//
// Where one process watches several services, status is a list unless ?service=NAME picks one, and a change
// says in the field "service" which one it means.
//
// The server never touches the guard: it shows a snapshot and queues a request, whose effect the next round
// shows.

#include "core/model/guard_snapshot.hpp"
#include "core/net/router.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace davy::server {

struct ServiceApi {
  std::string service;
  std::function<GuardSnapshot()> snapshot;
  std::function<void(OperatorRequest)> queue;
  std::function<bool()> ready;
  std::function<std::optional<std::string>()> last_account;  // of the release that ended last, as JSON
};

struct ApiParts {
  std::vector<ServiceApi> services;  // at least one
  std::function<std::string()> metrics;
  std::string token_file;  // empty: no changes over HTTP
};

net::Router make_routes(ApiParts parts);

}  // namespace davy::server
