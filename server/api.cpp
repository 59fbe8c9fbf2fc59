#include "server/api.hpp"

#include "server/request_check.hpp"
#include "server/status_json.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <memory>
#include <set>

namespace davy::server {
namespace asio = boost::asio;
namespace json = boost::json;
using net::HttpRequest;
using net::HttpResponse;
using net::PathValues;
namespace {

constexpr std::size_t text_bytes_max = 200;

HttpResponse json_answer(int status, const json::object& body) {
  return HttpResponse(status, json::serialize(body) + "\n", "application/json");
}

HttpResponse bad_request(const std::string& why) { return json_answer(400, {{"error", why}}); }

// Release ids and revisions end up in idempotency keys, logs and templates: a plain alphabet, a bounded
// length.
bool is_plain(std::string_view text) {
  constexpr std::string_view others = "-_.:/@+";
  return text.size() <= text_bytes_max && std::all_of(text.begin(), text.end(), [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  others.find(c) != others.npos;
         });
}

// The body's fields, all optional texts; anything else in it is refused by name.
Result<OperatorRequest> read_request(OperatorRequest::Kind kind, const std::string& body,
                                     std::string& service) {
  OperatorRequest request;
  request.kind = kind;
  if (body.empty()) return request;
  json::error_code ec;
  const json::value value = json::parse(body, ec);
  if (ec || !value.is_object()) return Error(ErrorKind::invalid, "the body is not a JSON object");
  for (const auto& [key, field] : value.get_object()) {
    const std::string name(key);
    std::string* place = name == "release"    ? &request.release
                         : name == "revision" ? &request.revision
                         : name == "who"      ? &request.who
                         : name == "reason"   ? &request.reason
                         : name == "service"  ? &service
                                              : nullptr;
    if (place == nullptr)
      return Error(ErrorKind::invalid, "unknown field; there are release, revision, who, reason, service");
    if (!field.is_string()) return Error(ErrorKind::invalid, name + " must be a string");
    *place = std::string(field.get_string());
    if (place->size() > text_bytes_max) return Error(ErrorKind::invalid, name + " is longer than 200 bytes");
  }
  if (!is_plain(request.release) || !is_plain(request.revision)) {
    return Error(ErrorKind::invalid, "release and revision hold letters, digits and -_.:/@+ only");
  }
  return request;
}

class Api {
 public:
  explicit Api(ApiParts parts) : parts_(std::move(parts)) {}

  HttpResponse change(OperatorRequest::Kind kind, const HttpRequest& request) {
    if (auto refused = refuse_change(request, parts_.token_file)) return std::move(*refused);
    std::string name;
    auto read = read_request(kind, request.body, name);
    if (!read) return bad_request(read.error().message());
    const ServiceApi* service = find(name);
    if (service == nullptr)
      return bad_request(name.empty() ? "several services are watched here; say which in the field service"
                                      : "no such service is watched here");
    const GuardSnapshot now = service->snapshot();
    const bool starts = kind == OperatorRequest::Kind::start_release;
    if (!starts && (now.release.empty() || is_end(now.phase))) {
      return json_answer(409, {{"error", "no release is being watched"}});
    }
    // The same release asked for twice, as a retrying caller does, is one window.
    if (starts && !read->release.empty() &&
        !started_.insert(service->service + '\n' + read->release).second) {
      return json_answer(200, {{"release", read->release}, {"accepted", true}, {"repeated", true}});
    }
    service->queue(*read);
    return json_answer(202, {{"release", starts ? read->release : now.release}, {"accepted", true}});
  }

  HttpResponse status(const HttpRequest& request) const {
    const auto wanted = net::query_value(request.url, "service");
    if (const ServiceApi* service = find(wanted.value_or("")))
      return HttpResponse(200, to_json(service->snapshot()) + "\n", "application/json");
    if (wanted) return json_answer(404, {{"error", "no such service is watched here"}});
    std::string all;
    for (const ServiceApi& service : parts_.services)
      all += (all.empty() ? "" : ",") + to_json(service.snapshot());
    return HttpResponse(200, "{\"services\":[" + all + "]}\n", "application/json");
  }

  HttpResponse last_account(const HttpRequest& request) const {
    const ServiceApi* service = find(net::query_value(request.url, "service").value_or(""));
    if (service == nullptr) return json_answer(404, {{"error", "no such service is watched here"}});
    const auto account = service->last_account ? service->last_account() : std::nullopt;
    if (!account) return json_answer(404, {{"error", "no release has ended yet"}});
    return HttpResponse(200, *account + "\n", "application/json");
  }

  HttpResponse metrics() const {
    return HttpResponse(200, parts_.metrics(), "text/plain; version=0.0.4; charset=utf-8");
  }

  HttpResponse ready() const {
    const bool all = std::all_of(parts_.services.begin(), parts_.services.end(),
                                 [](const ServiceApi& service) { return service.ready(); });
    return all ? HttpResponse(200, "ready\n") : HttpResponse(503, "not ready: the first round is not over\n");
  }

 private:
  // By name; without one, the only one there is.
  const ServiceApi* find(const std::string& name) const {
    if (name.empty()) return parts_.services.size() == 1 ? &parts_.services.front() : nullptr;
    for (const ServiceApi& service : parts_.services) {
      if (service.service == name) return &service;
    }
    return nullptr;
  }

  ApiParts parts_;
  std::set<std::string> started_;
};

constexpr const char* landing =
    "<!doctype html><title>Davy</title><h1>Davy</h1><ul><li><a href=\"/api/v1/status\">status</a>"
    "<li><a href=\"/metrics\">metrics</a></ul>\n";

}  // namespace

net::Router make_routes(ApiParts parts) {
  const auto api = std::make_shared<Api>(std::move(parts));
  net::Router router;
  const auto get = [&](const char* path, auto answer) {
    router.add("GET", path, [answer](const HttpRequest&, const PathValues&) -> asio::awaitable<HttpResponse> {
      co_return answer();
    });
  };
  get("/-/healthy", [] { return HttpResponse(200, "healthy\n"); });
  get("/-/ready", [api] { return api->ready(); });
  get("/metrics", [api] { return api->metrics(); });
  router.add("GET", "/api/v1/status",
             [api](const HttpRequest& request, const PathValues&) -> asio::awaitable<HttpResponse> {
               co_return api->status(request);
             });
  router.add("GET", "/api/v1/incidents/last",
             [api](const HttpRequest& request, const PathValues&) -> asio::awaitable<HttpResponse> {
               co_return api->last_account(request);
             });
  get("/", [] { return HttpResponse(200, landing, "text/html; charset=utf-8"); });

  using Kind = OperatorRequest::Kind;
  const auto post = [&](const char* path, Kind kind) {
    router.add("POST", path,
               [api, kind](const HttpRequest& request, const PathValues&) -> asio::awaitable<HttpResponse> {
                 co_return api->change(kind, request);
               });
  };
  post("/api/v1/releases", Kind::start_release);
  post("/api/v1/hold", Kind::hold);
  post("/api/v1/resume", Kind::resume);
  post("/api/v1/rollback", Kind::rollback_now);
  post("/api/v1/cancel", Kind::cancel);
  return router;
}

}  // namespace davy::server
