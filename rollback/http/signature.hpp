#pragma once

// Proof that a request comes from us and is fresh: HMAC-SHA256 (RFC 2104) over "<unix seconds>.<body>", in
// hexadecimal. The receiver recomputes it with the shared secret and refuses old timestamps.

#include <string>
#include <string_view>

namespace davy::rollback {

std::string hmac_sha256_hex(std::string_view secret, std::string_view message);
std::string sign_body(std::string_view secret, std::string_view unix_seconds, std::string_view body);

}  // namespace davy::rollback
