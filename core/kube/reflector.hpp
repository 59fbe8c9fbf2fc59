#pragma once

// A kept copy of a list of objects: listed, then watched.
//
// A watch goes on from the last version seen when its connection ends; 410 Gone lists anew; and however well
// the watch seems to do, everything is listed again every `relist_every`, since a watch can fall silent
// without an error. A server that breaks every watch, or calls each of its lists too old, is asked ever more
// rarely. While the API cannot be reached the copy stays as it was, and problem() says so.
//
// The handler runs on the loop. Everything stops with the object.

#include "core/kube/kube_client.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace davy::kube {

struct ReflectorHandler {
  std::function<void(const std::vector<json::value>&)> replaced;  // everything there is
  std::function<void(const json::object&)> changed;               // new or different
  std::function<void(const json::object&)> removed;
};

struct ReflectorOptions {
  Duration relist_every = std::chrono::seconds(60);
  Duration call_timeout = std::chrono::seconds(10);
  Duration first_wait = std::chrono::milliseconds(500);  // after a failure; doubles up to most_wait
  Duration most_wait = std::chrono::seconds(15);
  Duration grace = std::chrono::seconds(5);  // how much later than it promised a server may end a watch
};

class Reflector {
 public:
  Reflector(boost::asio::any_io_executor executor, std::shared_ptr<KubeClient> client, std::string path,
            std::string query, ReflectorHandler handler, ReflectorOptions options = {});
  ~Reflector();
  Reflector(const Reflector&) = delete;
  Reflector& operator=(const Reflector&) = delete;

  // Waits until the first list is there, or gives the reason why it is not by then.
  boost::asio::awaitable<Result<void>> synced(net::Deadline deadline);

  // Why the copy may be old; nothing when the last call went well.
  std::optional<Error> problem() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace davy::kube
