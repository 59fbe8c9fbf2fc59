#pragma once

// One program, run without a shell, in a process group of its own, for a bounded time.
//
// When the time is up the whole group is asked to end (SIGTERM) and two seconds later made to (SIGKILL), so
// that nothing it started is left behind. Output is kept up to a limit and read on, so that a talkative
// program never blocks.

#include "core/base/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <string>
#include <utility>
#include <vector>

namespace davy::rollback {

class ProcessSpec {
 public:
  ProcessSpec() = default;
  std::vector<std::string> argv;  // argv[0] is looked up on PATH when it has no slash
  std::vector<std::pair<std::string, std::string>> environment;  // added to our own
  Duration time_limit = std::chrono::seconds(30);
  std::size_t output_bytes_max = 16 * 1024;
};

struct ProcessResult {
  int exit_code = 0;  // 128 + signal when a signal ended it
  bool timed_out = false;
  std::string output;  // stdout and stderr as they came, cut at the limit
};

// Errors: not_found or denied when it cannot be started at all.
boost::asio::awaitable<Result<ProcessResult>> run_process(boost::asio::any_io_executor executor,
                                                          ProcessSpec spec);

}  // namespace davy::rollback
