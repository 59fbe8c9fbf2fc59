#include "core/net/http_message.hpp"

#include "core/base/text.hpp"

#include <array>
#include <charconv>

namespace davy::net {

std::optional<std::string_view> HttpHeaders::get(std::string_view name) const {
  for (const auto& [key, value] : pairs_) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

void HttpHeaders::set(std::string name, std::string value) {
  std::erase_if(pairs_, [&](const auto& pair) { return equal_ignoring_case(pair.first, name); });
  add(std::move(name), std::move(value));
}

HttpResponse::HttpResponse(int status_, std::string body_, std::string content_type)
    : status(status_), body(std::move(body_)) {
  headers.add("Content-Type", std::move(content_type));
}

std::optional<Duration> HttpResponse::retry_after() const {
  const auto text = headers.get("Retry-After");
  if (!text) return std::nullopt;
  unsigned whole_seconds = 0;
  const auto [end, status_code] = std::from_chars(text->data(), text->data() + text->size(), whole_seconds);
  if (status_code != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return std::chrono::seconds(std::min(whole_seconds, 86400U));
}

std::string to_status_line(int status) {
  struct Named {
    int status;
    const char* name;
  };
  constexpr std::array<Named, 24> names{{{200, "OK"},
                                         {201, "Created"},
                                         {202, "Accepted"},
                                         {204, "No Content"},
                                         {301, "Moved Permanently"},
                                         {302, "Found"},
                                         {303, "See Other"},
                                         {307, "Temporary Redirect"},
                                         {308, "Permanent Redirect"},
                                         {400, "Bad Request"},
                                         {401, "Unauthorized"},
                                         {403, "Forbidden"},
                                         {404, "Not Found"},
                                         {405, "Method Not Allowed"},
                                         {408, "Request Timeout"},
                                         {409, "Conflict"},
                                         {410, "Gone"},
                                         {412, "Precondition Failed"},
                                         {422, "Unprocessable Content"},
                                         {429, "Too Many Requests"},
                                         {500, "Internal Server Error"},
                                         {502, "Bad Gateway"},
                                         {503, "Service Unavailable"},
                                         {504, "Gateway Timeout"}}};
  for (const Named& named : names) {
    if (named.status == status) return std::to_string(status) + " " + named.name;
  }
  return std::to_string(status);
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::optional<std::string> query_value(std::string_view url, std::string_view key) {
  const std::size_t start = url.find('?');
  if (start == std::string_view::npos) return std::nullopt;
  for (const std::string_view pair : split(url.substr(start + 1), '&')) {
    const std::size_t equals = pair.find('=');
    if (percent_decoded(pair.substr(0, equals)) != key) continue;
    return equals == std::string_view::npos ? std::string() : percent_decoded(pair.substr(equals + 1));
  }
  return std::nullopt;
}

}  // namespace davy::net
