#pragma once

// One value kept in one ConfigMap, compressed: what the next leader needs to go on.
//
// A write carries the version that was read or written last, so whoever has lost the lease in the meantime is
// refused instead of writing over its successor. Errors: those of KubeClient; over_limit where it would not
// fit.

#include "core/kube/kube_client.hpp"

#include <memory>
#include <string>

namespace davy::kube {

class ConfigMapStore {
 public:
  // What an object of the API may hold, less what belongs to the rest of it.
  static constexpr std::size_t bytes_max = 900 * 1024;

  ConfigMapStore(std::shared_ptr<KubeClient> client, std::string name_space, std::string name,
                 std::string service);

  // "" where there is none yet.
  boost::asio::awaitable<Result<std::string>> load(net::Deadline deadline);
  boost::asio::awaitable<Result<void>> save(std::string content, net::Deadline deadline);

  std::size_t bytes_written() const { return bytes_written_; }  // compressed, of the last save

 private:
  std::string path() const;

  std::shared_ptr<KubeClient> client_;
  std::string name_space_, name_, service_;
  std::string version_;  // of the object as last read or written; empty: there is none
  std::size_t bytes_written_ = 0;
};

}  // namespace davy::kube
