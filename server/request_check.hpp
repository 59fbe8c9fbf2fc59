#pragma once

// Who may change something over HTTP: whoever holds the bearer token, and no web page of another origin,
// whatever the browser it runs in is logged in to (cross-site requests, DNS rebinding).

#include "core/net/http_message.hpp"

#include <optional>
#include <string>

namespace davy::server {

// The refusal, or nothing when the request may go on: 403 where no token file is configured, where Host is a
// name other than localhost, or where Origin is another place; 401 for a missing or wrong token. The file is
// read at each request.
std::optional<net::HttpResponse> refuse_change(const net::HttpRequest& request,
                                               const std::string& token_file);

// Host without its port is an address or localhost.
bool is_local_or_literal(std::string_view host);

}  // namespace davy::server
