#pragma once

// The log: one line an event on stderr, as text for people or as JSON. Control characters of whatever came
// from outside are escaped in both, so that no peer can forge a line or colour a terminal.

#include "core/telemetry/events.hpp"

#include <memory>
#include <string>

namespace spdlog {
class logger;
}

namespace davy::telemetry {

enum class LogFormat { text, json };

class Log {
 public:
  // `service` stands in every line.
  Log(LogFormat format, Level least, std::string service);
  ~Log();

  void write(const Event& event);

  // The line without its time and level, for tests.
  static std::string line(const Event& event, LogFormat format, const std::string& service);

 private:
  LogFormat format_;
  std::string service_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace davy::telemetry
