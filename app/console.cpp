#include "app/console.hpp"

#include "core/base/text.hpp"

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace davy::app {
namespace {

constexpr double seconds_between_lines = 10;

bool set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

const char* colour_of(Phase phase) {
  switch (phase) {
    case Phase::healed:
    case Phase::passed: return "\x1b[32m";
    case Phase::suspecting:
    case Phase::holding:
    case Phase::held: return "\x1b[33m";
    case Phase::rolling_back:
    case Phase::verifying:
    case Phase::needs_human: return "\x1b[31m";
    default: return "";
  }
}

}  // namespace

std::string progress_line(const GuardSnapshot& s) {
  std::string line = fmt::format("{:5.0f} s  {:<12}", s.elapsed_s, to_text(s.phase));
  if (s.verdict && !is_end(s.phase)) line += "  " + printable(s.verdict->sentence, 400);
  return line;
}

Console::Console() {
  const char* term = std::getenv("TERM");
  terminal_ = isatty(STDERR_FILENO) == 1 && !set("CI") && term != nullptr && std::string_view(term) != "dumb";
  colour_ = terminal_ && !set("NO_COLOR");
}

void Console::show(const GuardSnapshot& s) {
  if (s.release.empty()) return;
  const bool changed = s.phase != last_phase_;
  last_phase_ = s.phase;
  std::string line = progress_line(s);
  if (!terminal_) {
    if (!changed && s.elapsed_s - last_said_s_ < seconds_between_lines) return;
    last_said_s_ = s.elapsed_s;
    fmt::print(stderr, "{}\n", line);
    return;
  }
  if (line.size() >= terminal_width()) line.resize(terminal_width() - 1);
  const char* colour = colour_ ? colour_of(s.phase) : "";
  fmt::print(stderr, "\r\x1b[2K{}{}{}{}", colour, line, *colour != '\0' ? "\x1b[0m" : "",
             changed ? "\n" : "");
  open_line_ = !changed;
  std::fflush(stderr);
}

void Console::finish() {
  if (open_line_) fmt::print(stderr, "\n");
  open_line_ = false;
}

}  // namespace davy::app
