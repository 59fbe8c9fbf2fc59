#pragma once

// One way of learning numbers about canary and baseline.

#include "core/base/clock.hpp"
#include "core/model/batch.hpp"

#include <boost/asio/awaitable.hpp>
#include <vector>

namespace davy::collector {

class MetricSource {
 public:
  virtual ~MetricSource() = default;

  // Everything learned since the last call. Never fails as a whole: targets that do not answer and answers
  // that cannot be read are problems inside the Batch. Ends within a bounded time; one call at a time.
  virtual boost::asio::awaitable<Batch> collect(Instant now) = 0;

  // What is known of the minutes before, as the batches that rounds would have given, oldest first. Asked
  // once, before the first round, when no release is under watch. Most sources remember nothing.
  virtual boost::asio::awaitable<std::vector<Batch>> history(Instant) { co_return std::vector<Batch>(); }
};

}  // namespace davy::collector
