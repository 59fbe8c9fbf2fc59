#include "collector/scrape/together.hpp"

#include "core/net/into.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <memory>

namespace davy::collector {
namespace asio = boost::asio;
namespace {

struct Queue {
  std::vector<Work> works;
  std::size_t next = 0;
};

asio::awaitable<void> run_queue(std::shared_ptr<Queue> queue) {
  while (queue->next < queue->works.size()) {
    auto work = queue->works[queue->next++]();
    co_await std::move(work);
  }
}

}  // namespace

asio::awaitable<void> run_together(std::vector<std::vector<Work>> queues, std::size_t at_once) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer all_done(executor, asio::steady_timer::time_point::max());
  std::size_t running = 0;
  std::exception_ptr failure;
  for (std::vector<Work>& works : queues) {
    const auto queue = std::make_shared<Queue>(Queue{std::move(works), 0});
    const std::size_t runners = std::min(at_once, queue->works.size());
    for (std::size_t i = 0; i < runners; ++i) {
      ++running;
      asio::co_spawn(executor, run_queue(queue), [&](const std::exception_ptr& e) {
        if (e && !failure) failure = e;
        if (--running == 0) all_done.cancel();
      });
    }
  }
  co_await asio::this_coro::throw_if_cancelled(false);
  while (running > 0) {
    boost::system::error_code ec;
    co_await all_done.async_wait(net::into(ec));
  }
  co_await asio::this_coro::throw_if_cancelled(true);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace davy::collector
