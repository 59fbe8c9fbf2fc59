#pragma once

// Base64 as objects of the API and kubeconfigs use it (RFC 4648, with padding).

#include "core/base/result.hpp"

#include <string>
#include <string_view>

namespace davy::kube {

std::string to_base64(std::string_view bytes);
// Line breaks are forgiven. Error: malformed.
Result<std::string> from_base64(std::string_view text);

}  // namespace davy::kube
