#pragma once

// What the policy says of an http action.

#include "core/base/clock.hpp"
#include "core/base/http_access.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace davy::config {
class Section;
}

namespace davy::rollback {

// A place in a JSON answer (RFC 6901) and the text it must hold; an empty pointer asks nothing.
struct JsonExpectation {
  std::string pointer;
  std::string equals;
};

struct HttpOptions {
  std::string url;
  std::string method = "POST";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // a template; empty: the whole action as a JSON object
  Duration timeout = std::chrono::seconds(10);
  HttpAccess access;
  std::string signature_secret_file;
  std::string signature_secret_env;
  std::vector<int> success_statuses;  // empty: any 2xx
  JsonExpectation success;
  std::string verify_url;  // GET: is the canary out? empty: only the numbers tell
  JsonExpectation verify;  // holds when the rollback is in effect
};

HttpOptions read_http_options(const config::Section& in);

}  // namespace davy::rollback
