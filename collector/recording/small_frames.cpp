#include "collector/recording/small_frames.hpp"

#include "core/base/bytes.hpp"

#include <fmt/format.h>

namespace davy::collector::recording {

std::string encode(const Head& head) {
  ByteWriter out;
  out.number(format_version);
  for (const std::string* text : {&head.service, &head.program, &head.policy_digest, &head.policy})
    out.text(*text);
  out.signed_number(head.interval.count());
  out.signed_number(head.since.time_since_epoch().count());
  out.signed_number(head.wall.time_since_epoch().count());
  out.number(head.names.size());
  for (const std::string& name : head.names) out.text(name);
  return out.bytes;
}

Head decode_head(std::string_view payload) {
  ByteReader in(payload);
  const std::uint64_t version = in.number();
  if (version > format_version)
    throw std::domain_error(fmt::format("it is of format {}, and this Davy reads up to {}; use a newer one",
                                        version, format_version));
  Head head;
  for (std::string* text : {&head.service, &head.program, &head.policy_digest, &head.policy})
    *text = in.text();
  head.interval = Duration(in.signed_number());
  head.since = Instant(Duration(in.signed_number()));
  head.wall = WallTime(std::chrono::milliseconds(in.signed_number()));
  for (std::size_t left = in.count(); left > 0; --left) head.names.emplace_back(in.text());
  return head;
}

std::string encode(const Request& request, Instant since) {
  ByteWriter out;
  out.signed_number((request.at - since).count());
  out.number(static_cast<std::uint64_t>(request.request.kind));
  out.text(request.request.release);
  out.text(request.request.revision);
  out.text(request.request.who);
  out.text(request.request.reason);
  out.number(request.request.facts.size());
  for (const auto& [name, value] : request.request.facts) {
    out.text(name);
    out.text(value);
  }
  return out.bytes;
}

Request decode_request(std::string_view payload, Instant since) {
  ByteReader in(payload);
  Request out;
  out.at = since + Duration(in.signed_number());
  const std::uint64_t kind = in.number();
  if (kind > static_cast<std::uint64_t>(OperatorRequest::Kind::cancel))
    throw MalformedBytes("a request that is not known");
  out.request.kind = static_cast<OperatorRequest::Kind>(kind);
  for (std::string* text :
       {&out.request.release, &out.request.revision, &out.request.who, &out.request.reason})
    *text = in.text();
  for (std::size_t left = in.count(); left > 0; --left) {
    const std::string name(in.text());
    out.request.facts[name] = in.text();
  }
  return out;
}

std::string encode(const Judged& judged, Instant since) {
  ByteWriter out;
  out.signed_number((judged.at - since).count());
  out.eight_bytes(judged.verdict);
  return out.bytes;
}

Judged decode_judged(std::string_view payload, Instant since) {
  ByteReader in(payload);
  const Duration at(in.signed_number());
  return {since + at, in.eight_bytes()};
}

}  // namespace davy::collector::recording
