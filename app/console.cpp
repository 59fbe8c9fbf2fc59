#include "app/console.hpp"

#include "app/output_file.hpp"
#include "app/progress_screen.hpp"
#include "core/base/text.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace davy::app {
namespace {

constexpr double seconds_between_lines = 10;

bool set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

ScreenSize terminal_size() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col <= 20 || size.ws_row < 4) return {};
  return {size.ws_col, static_cast<std::size_t>(size.ws_row - 1)};  // the cursor rests on the last row
}

}  // namespace

std::string progress_line(const GuardSnapshot& s) {
  std::string line = fmt::format("{:5.0f} s  {:<12}", s.elapsed_s, to_text(s.phase));
  if (s.verdict && !is_end(s.phase)) line += "  " + printable(s.verdict->sentence, 400);
  return line;
}

Console::Console(Colour colour) {
  const char* term = std::getenv("TERM");
  terminal_ = isatty(STDERR_FILENO) == 1 && !set("CI") && term != nullptr && std::string_view(term) != "dumb";
  colour_ = colour == Colour::always || (colour == Colour::automatic && terminal_ && !set("NO_COLOR"));
}

void Console::show(const GuardSnapshot& s) {
  if (s.release.empty()) return;
  if (terminal_) {
    redraw(s);
  } else {
    say(s);
  }
}

void Console::redraw(const GuardSnapshot& s) {
  const auto lines = progress_screen(s, terminal_size(), colour_);
  std::string out;
  if (lines_shown_ > 0) out += fmt::format("\x1b[{}A", lines_shown_);
  for (const std::string& line : lines) out += "\r\x1b[2K" + line + "\n";
  out += "\x1b[J";  // what a longer screen left below
  lines_shown_ = lines.size();
  static_cast<void>(
      write_all(STDERR_FILENO, out, "standard error"));  // nobody listening is no reason to stop
}

void Console::say(const GuardSnapshot& s) {
  const bool changed = s.phase != last_phase_;
  last_phase_ = s.phase;
  if (!changed && s.elapsed_s - last_said_s_ < seconds_between_lines) return;
  last_said_s_ = s.elapsed_s;
  const char* colour = colour_ ? colour_of(s.phase) : "";
  const std::string line =
      fmt::format("{}{}{}\n", colour, progress_line(s), *colour != '\0' ? "\x1b[0m" : "");
  static_cast<void>(write_all(STDERR_FILENO, line, "standard error"));
}

void Console::finish() { lines_shown_ = 0; }

}  // namespace davy::app
