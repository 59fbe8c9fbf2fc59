#pragma once

// TLS for a client: at least 1.2, the peer always verified unless the policy says otherwise, files re-read
// when they change so that a rotated certificate or authority is used from the next connection on.

#include "core/base/http_access.hpp"
#include "core/base/result.hpp"

#include <filesystem>
#include <memory>
#include <vector>

namespace boost::asio::ssl {
class context;
}

namespace davy::net {

class TlsClientContext {
 public:
  explicit TlsClientContext(TlsAccess access);

  // The context to use for the next connection. Errors: invalid, naming the file that cannot be used.
  Result<std::shared_ptr<boost::asio::ssl::context>> current();

  const TlsAccess& access() const { return access_; }

 private:
  using FileTimes = std::vector<std::filesystem::file_time_type>;
  FileTimes file_times() const;

  TlsAccess access_;
  FileTimes loaded_;
  std::shared_ptr<boost::asio::ssl::context> context_;
};

}  // namespace davy::net
