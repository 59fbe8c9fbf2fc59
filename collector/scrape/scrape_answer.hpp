#pragma once

// What an HTTP answer to a scrape means: which format its body is in, or why there is nothing to read.

#include "collector/parse/reading_sink.hpp"
#include "core/base/result.hpp"
#include "core/net/http_message.hpp"

#include <optional>
#include <string_view>

namespace davy::collector {

// Errors: denied (auth), not_found (gone, no_series), unavailable or unsupported (http_status), malformed
// (parse: HTML), unsupported (content_type). A missing Content-Type, and any text/* but HTML, is read as text
// 0.0.4.
Result<ExpositionFormat> format_of(const net::HttpResponse& response);

// Prefers OpenMetrics, which says when a total was created, unless it could not be read from this target.
std::string_view accepted_formats(bool text_only);

// The Date header as Unix seconds; nothing when it is absent or in another form than RFC 9110's preferred
// one.
std::optional<double> server_time(const net::HttpResponse& response);

}  // namespace davy::collector
