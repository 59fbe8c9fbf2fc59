#include "app/output_file.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace davy::app {
namespace {
namespace fs = std::filesystem;

Error cannot_write(const std::string& path, int error) {
  return Error(error == EACCES ? ErrorKind::denied : ErrorKind::invalid,
               fmt::format("cannot write {}: {}; give the output another file", path, std::strerror(error)));
}

// A file descriptor that is closed in the end.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }

 private:
  int fd_;
};

std::string beside(const std::string& path) {
  const fs::path file(path);
  return (file.parent_path() / fmt::format(".{}.{}.davy", file.filename().string(), getpid())).string();
}

bool is_special(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

}  // namespace

Result<void> write_all(int descriptor, std::string_view text, const std::string& name) {
  struct sigaction ignored {
  }, before{};
  ignored.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignored, &before);
  int failed = 0;
  while (!text.empty() && failed == 0) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      failed = errno;
    }
  }
  sigaction(SIGPIPE, &before, nullptr);
  if (failed != 0) return cannot_write(name, failed);
  return {};
}

Result<OutputFile> OutputFile::prepare(const std::string& path) {
  std::error_code ec;
  if (path.empty()) return Error(ErrorKind::invalid, "an output's file has no name; write FORMAT=FILE");
  if (fs::is_directory(path, ec))
    return Error(ErrorKind::invalid, fmt::format("cannot write {}: it is a folder; name a file in it", path));
  if (!is_special(path)) {
    const fs::path folder = fs::path(path).parent_path();
    if (!folder.empty()) fs::create_directories(folder, ec);
    const std::string trial = beside(path);
    const Descriptor file(::open(trial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file.open()) return cannot_write(path, errno);
    unlink(trial.c_str());
  }
  return OutputFile(path);
}

Result<void> OutputFile::replace(std::string_view text) const {
  const bool direct = is_special(path_);
  const std::string place = direct ? path_ : beside(path_);
  {
    const Descriptor file(::open(place.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file.open()) return cannot_write(path_, errno);
    auto written = write_all(file.get(), text, path_);
    if (written && !direct && fsync(file.get()) != 0) written = cannot_write(path_, errno);
    if (!written) {
      if (!direct) unlink(place.c_str());
      return written;
    }
  }
  if (direct || rename(place.c_str(), path_.c_str()) == 0) return {};
  const int error = errno;
  unlink(place.c_str());
  return cannot_write(path_, error);
}

Result<void> append_to_file(const std::string& path, std::string_view text) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
  if (!file.open()) return cannot_write(path, errno);
  return write_all(file.get(), text, path);
}

}  // namespace davy::app
