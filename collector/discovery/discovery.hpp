#pragma once

// Where one side's targets are, asked once a round.

#include "core/base/result.hpp"
#include "core/model/batch.hpp"
#include "core/model/target.hpp"

#include <boost/asio/awaitable.hpp>
#include <vector>

namespace davy::collector {

class Discovery {
 public:
  virtual ~Discovery() = default;

  // The targets as they are now. An error only when nothing at all is known of them.
  virtual boost::asio::awaitable<Result<std::vector<Target>>> targets() = 0;

  // What was wrong the last time, although targets were given: those of the last good answer.
  virtual std::vector<Error> problems() const { return {}; }

  // What the platform says of the instances, those without a target among them; as of the last targets().
  virtual std::vector<InstanceState> instances() const { return {}; }

  // True when there are no targets because the other side's have taken their place.
  virtual bool replaced() const { return false; }
};

}  // namespace davy::collector
