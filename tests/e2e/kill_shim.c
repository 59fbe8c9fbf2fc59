// Loaded before libc by the crash tests: ends the process by SIGKILL at the n-th write to, or sync of, the file whose
// name ends in DAVY_KILL_FILE (a journal, or its write-ahead log).
// A write is cut in half first, as a power cut would.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_file(int fd) {
  const char* ending = getenv("DAVY_KILL_FILE");
  if (!ending) return 0;
  char link[64], path[512];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  const ssize_t length = (ssize_t)strlen(ending);
  if (size < length) return 0;
  path[size] = 0;
  return strcmp(path + size - length, ending) == 0;
}

static int is_now(const char* operation, int fd) {
  static int seen = 0;
  const char* wanted = getenv("DAVY_KILL_OPERATION");
  const char* nth = getenv("DAVY_KILL_NTH");
  if (!wanted || !nth || strcmp(wanted, operation) != 0 || !is_file(fd)) return 0;
  return ++seen == atoi(nth);
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  static ssize_t (*real)(int, const void*, size_t, off64_t);
  if (!real) real = (ssize_t(*)(int, const void*, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
  if (is_now("write", fd)) {
    real(fd, bytes, size / 2, at);
    raise(SIGKILL);
  }
  return real(fd, bytes, size, at);
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  if (is_now("sync", fd)) raise(SIGKILL);
  return real(fd);
}

int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  if (is_now("sync", fd)) raise(SIGKILL);
  return real(fd);
}
