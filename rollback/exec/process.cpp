#include "rollback/exec/process.hpp"

#include "core/net/into.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace davy::rollback {
namespace asio = boost::asio;
using boost::system::error_code;
namespace {

constexpr auto grace = std::chrono::seconds(2);

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts)
    out.push_back(const_cast<char*>(text.c_str()));  // exec's old interface
  out.push_back(nullptr);
  return out;
}

// A new group, stdin from /dev/null, stdout and stderr into one pipe, signals as they were at birth. 0 or an
// errno.
int spawn(const ProcessSpec& spec, int output, pid_t& pid) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  for (const auto& [name, value] : spec.environment) variables.push_back(name + "=" + value);
  const int failed = posix_spawnp(&pid, spec.argv.front().c_str(), &files, &attributes,
                                  pointers(spec.argv).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  return failed;
}

// A started program, shared between its reader, its timer and whoever waits; the last to let go kills its
// group.
struct Child {
  Child(const asio::any_io_executor& executor, pid_t pid_, int output_fd, int pid_fd)
      : pid(pid_), output(executor, output_fd), ended(executor, pid_fd), limit(executor) {}
  ~Child() {
    if (reaped) return;
    kill(-pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid;
  asio::posix::stream_descriptor output;
  asio::posix::stream_descriptor ended;  // a pidfd: readable when the program has ended
  asio::steady_timer limit;
  std::array<char, 4096> chunk{};
  bool reaped = false;
  ProcessResult result;
};

void read_on(const std::shared_ptr<Child>& child, std::size_t bytes_max) {
  child->output.async_read_some(
      asio::buffer(child->chunk), [weak = std::weak_ptr(child), bytes_max](error_code ec, std::size_t size) {
        const auto self = weak.lock();
        if (!self) return;
        const std::size_t room = bytes_max - std::min(bytes_max, self->result.output.size());
        self->result.output.append(self->chunk.data(), std::min(size, room));
        if (!ec) read_on(self, bytes_max);
      });
}

void end_at_limit(const std::shared_ptr<Child>& child, Duration limit) {
  child->limit.expires_after(limit);
  child->limit.async_wait([weak = std::weak_ptr(child)](error_code ec) {
    const auto late = weak.lock();
    if (ec || !late || late->reaped) return;
    const bool asked_before = late->result.timed_out;
    late->result.timed_out = true;
    kill(-late->pid, asked_before ? SIGKILL : SIGTERM);
    if (!asked_before) end_at_limit(late, grace);
  });
}

// What is still in the pipe when the program has ended.
void drain(Child& child, std::size_t bytes_max) {
  error_code ec;
  child.output.cancel(ec);
  child.output.non_blocking(true, ec);
  while (child.result.output.size() < bytes_max) {
    const std::size_t size = child.output.read_some(asio::buffer(child.chunk), ec);
    if (ec || size == 0) return;
    child.result.output.append(child.chunk.data(), std::min(size, bytes_max - child.result.output.size()));
  }
}

Error cannot_start(const std::string& program, int why) {
  const ErrorKind kind = why == EACCES || why == EPERM ? ErrorKind::denied : ErrorKind::not_found;
  return Error(kind, fmt::format("cannot start {}: {}", program, std::strerror(why)), "exec");
}

}  // namespace

asio::awaitable<Result<ProcessResult>> run_process(asio::any_io_executor executor, ProcessSpec spec) {
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) co_return cannot_start(spec.argv.front(), errno);
  pid_t pid = 0;
  const int failed = spawn(spec, pipe_ends[1], pid);
  close(pipe_ends[1]);
  if (failed != 0) {
    close(pipe_ends[0]);
    co_return cannot_start(spec.argv.front(), failed);
  }
  const int pid_fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  const auto child = std::make_shared<Child>(executor, pid, pipe_ends[0], pid_fd);
  read_on(child, spec.output_bytes_max);
  end_at_limit(child, spec.time_limit);
  error_code ec;
  co_await child->ended.async_wait(asio::posix::stream_descriptor::wait_read, net::into(ec));
  if (ec) co_return Error(ErrorKind::cancelled, "cancelled");
  child->limit.cancel();
  int status = 0;
  waitpid(pid, &status, 0);
  child->reaped = true;
  kill(-pid, SIGKILL);  // what it left running in its group
  drain(*child, spec.output_bytes_max);
  child->result.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  co_return std::move(child->result);
}

}  // namespace davy::rollback
