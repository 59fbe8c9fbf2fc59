#pragma once

// Many coroutines at once, a bounded number of them, until all have ended.

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <vector>

namespace davy::collector {

using Work = std::function<boost::asio::awaitable<void>()>;

// Each queue has its own `at_once` runners, so a slow queue does not hold up another. Ends when all work has
// ended, even when the caller is cancelled meanwhile: what the work refers to may then go. The first
// exception is passed on.
boost::asio::awaitable<void> run_together(std::vector<std::vector<Work>> queues, std::size_t at_once);

}  // namespace davy::collector
