#pragma once

// Where releases come from when nobody announces them: somebody who notices that a new revision is being
// rolled out. Asked once a round; told which revision is being judged, and when that is over.

#include "core/base/result.hpp"

#include <boost/asio/awaitable.hpp>
#include <map>
#include <optional>
#include <string>

namespace davy::collector {

struct SeenRelease {
  std::string release;                       // an id: the same revision always has the same
  std::string revision;                      // for people and reports: "7 (6d4f9b)"
  std::map<std::string, std::string> facts;  // what actuators need to touch this revision and no other
};

class ReleaseSource {
 public:
  virtual ~ReleaseSource() = default;

  // A release that began since the last call, if one did. One that was under way before the first call
  // counts.
  virtual boost::asio::awaitable<Result<std::optional<SeenRelease>>> look() = 0;

  // What is out there now, for a release that somebody announced.
  virtual boost::asio::awaitable<Result<SeenRelease>> current() = 0;

  // The release with these facts is under watch from now on (also after a restart), or none is any more.
  virtual void watching(const std::map<std::string, std::string>& facts) = 0;
  virtual void ended() = 0;
};

}  // namespace davy::collector
