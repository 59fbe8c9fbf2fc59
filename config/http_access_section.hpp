#pragma once

// The keys of a Prometheus scrape block that say who we are and whom we trust: basic_auth, authorization,
// tls_config, http_headers, follow_redirects. Whatever speaks HTTP reads them from its own section with the
// same words.

#include "config/section.hpp"
#include "core/base/http_access.hpp"

namespace davy::config {

// Asks for these five keys of `in`; finish() stays the caller's.
HttpAccess read_http_access(const Section& in);

}  // namespace davy::config
