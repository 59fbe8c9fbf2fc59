#include "core/telemetry/log.hpp"

#include "core/base/text.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace davy::telemetry {
namespace {

constexpr std::size_t text_bytes_max = 2000;

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

// printable() has left nothing but these two to escape.
std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : printable(text, text_bytes_max)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

Log::Log(LogFormat format, Level least, std::string service)
    : format_(format),
      service_(std::move(service)),
      logger_(std::make_shared<spdlog::logger>("davy", std::make_shared<spdlog::sinks::stderr_sink_st>())) {
  const char* pattern = format == LogFormat::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                                  : "%Y-%m-%dT%H:%M:%S.%eZ %-7l %v";
  logger_->set_formatter(
      std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
  logger_->set_level(to_spdlog(least));
  logger_->flush_on(spdlog::level::debug);
}

Log::~Log() = default;

std::string Log::line(const Event& event, LogFormat format, const std::string& service) {
  std::string out;
  if (format == LogFormat::json) {
    out = "\"event\":" + json_string(to_text(event.kind)) + ",\"service\":" + json_string(service);
    if (!event.release.empty()) out += ",\"release\":" + json_string(event.release);
    out += ",\"message\":" + json_string(event.text);
    for (const auto& [name, value] : event.fields) out += "," + json_string(name) + ":" + json_string(value);
    return out;
  }
  out = "[" + printable(service) + (event.release.empty() ? "" : " " + printable(event.release)) + "] ";
  out += printable(event.text, text_bytes_max);
  for (const auto& [name, value] : event.fields) out += " " + name + "=" + json_string(value);
  return out;
}

void Log::write(const Event& event) {
  logger_->log(to_spdlog(event.level), "{}", line(event, format_, service_));
}

}  // namespace davy::telemetry
