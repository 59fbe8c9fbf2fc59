#pragma once

// The parts of an http or https URL that a client needs.

#include "core/base/result.hpp"

#include <string>
#include <string_view>

namespace davy::net {

struct Url {
  bool tls = false;
  std::string host;               // without brackets
  std::string port;               // "80" and "443" filled in
  std::string target;             // path and query, never empty
  std::string authority() const;  // host:port as the Host header writes it; default ports left out
  std::string origin() const;     // scheme://authority
};

// User names and passwords in a URL are refused: they end up in logs. Fragments are dropped.
Result<Url> parse_url(std::string_view text);

}  // namespace davy::net
