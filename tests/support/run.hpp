#pragma once

// Runs one coroutine to its end on a loop of its own, and gives what it returned. A coroutine that hangs
// fails the test after ten seconds instead of hanging the suite.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>

namespace davy::test {

template <class T>
T run(boost::asio::io_context& loop, boost::asio::awaitable<T> work) {
  std::optional<T> answer;
  std::exception_ptr failure;
  boost::asio::co_spawn(loop, std::move(work), [&](std::exception_ptr e, T value) {
    failure = e;
    if (!e) answer.emplace(std::move(value));
  });
  loop.restart();
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!answer && !failure && std::chrono::steady_clock::now() < give_up) {
    if (loop.run_one_for(std::chrono::milliseconds(100)) == 0 && loop.stopped()) break;
  }
  if (failure) std::rethrow_exception(failure);
  if (!answer) throw std::runtime_error("the coroutine did not finish");
  return std::move(*answer);
}

}  // namespace davy::test
