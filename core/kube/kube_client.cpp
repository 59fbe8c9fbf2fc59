#include "core/kube/kube_client.hpp"

#include "core/base/text.hpp"
#include "core/kube/fields.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::kube {
namespace asio = boost::asio;
namespace {

// The largest list of a namespace that a sane cluster answers with, page by page.
constexpr std::size_t answer_bytes_max = 32UL * 1024 * 1024;
constexpr int page_items = 500;
constexpr std::size_t items_max = 20'000;
constexpr std::size_t json_depth_max = 100;

const char* content_type(PatchKind kind) {
  return kind == PatchKind::json ? "application/json-patch+json" : "application/merge-patch+json";
}

net::HttpClientOptions client_options(const KubeAccess& access) {
  net::HttpClientOptions options;
  options.access = access.http;
  return options;
}

}  // namespace

std::string Permission::to_text() const {
  return fmt::format("{} {}{}{}{} in {}", verb, resource, group.empty() ? "" : "." + group,
                     subresource.empty() ? "" : "/" + subresource, name.empty() ? "" : " " + name,
                     name_space);
}

KubeClient::KubeClient(asio::any_io_executor executor, std::shared_ptr<net::Resolver> resolver,
                       KubeAccess access)
    : access_(std::move(access)),
      client_(std::move(executor), std::move(resolver), client_options(access_)) {}

Result<json::value> read_json(std::string_view text, std::string_view what) {
  json::parse_options options;
  options.max_depth = json_depth_max;
  json::error_code ec;
  json::value value = json::parse(text, ec, {}, options);
  if (ec)
    return Error(ErrorKind::malformed,
                 fmt::format("{}: the answer is not JSON ({}): {}", what, ec.message(), printable(text, 80)));
  if (!value.is_object())
    return Error(ErrorKind::malformed, fmt::format("{}: the answer is no object", what));
  return value;
}

Error kube_error(std::string_view what, int status, std::string_view body,
                 std::optional<Duration> retry_after) {
  std::string message, reason;
  if (const auto parsed = read_json(body, what)) {
    message = text_at(parsed->get_object(), {"message"});
    reason = text_at(parsed->get_object(), {"reason"});
  }
  if (message.empty()) message = std::string(trim(body));
  const std::string text = fmt::format("{}: {}{}", what, net::to_status_line(status),
                                       message.empty() ? "" : ": " + printable(message, 500));
  // Webhooks and admission policies choose their own status, 422 among them; the API server's sentence is
  // always the same.
  const bool admission = message.find("denied the request") != std::string::npos ||
                         message.find("denied request: ") != std::string::npos;
  const auto error = [&](ErrorKind kind, std::string cause, const char* advice = "") {
    return Error(kind, text + advice, std::move(cause));
  };
  if (admission && status < 500) return error(ErrorKind::invalid, "admission_denied");
  switch (status) {
    case 401:
      return error(ErrorKind::denied, "unauthorized",
                   "; the API does not take Davy's token: check its service account, or the kubeconfig");
    case 403: return error(ErrorKind::denied, "forbidden", "; grant it to Davy's service account");
    // A kind that the server does not know is told in plain text, an object that is not there as a Status.
    case 404: return error(ErrorKind::not_found, reason.empty() ? "no_such_api" : "not_found");
    case 409: return error(ErrorKind::conflict, reason == "AlreadyExists" ? "already_exists" : "conflict");
    case 410: return error(ErrorKind::unavailable, "expired");
    case 422: return error(ErrorKind::conflict, "rejected");
    case 429: return error(ErrorKind::unavailable, "throttled").after(retry_after);
    default: break;
  }
  if (status >= 500) return error(ErrorKind::unavailable, "unavailable").after(retry_after);
  return error(ErrorKind::invalid, fmt::format("http_{}", status));
}

asio::awaitable<Result<json::value>> KubeClient::call(net::HttpRequest request, net::Deadline deadline) {
  const std::string what = request.method + " " + request.url;
  request.url = access_.server + request.url;
  request.body_bytes_max = answer_bytes_max;
  request.headers.set("Accept", "application/json");
  net::HttpRequest again = request;
  auto response = co_await client_.send(std::move(request), deadline);
  // A token that has just been rotated: the file is read anew for every request.
  if (response && response->status == 401) response = co_await client_.send(std::move(again), deadline);
  if (!response) {
    const Error why = response.error();
    if (why.kind() != ErrorKind::over_limit) co_return why.within(what);
    co_return Error(
        why.kind(),
        fmt::format("{}: the answer is larger than {} bytes, which no object and no page of a list "
                    "is; check that {} is a Kubernetes API server",
                    what, answer_bytes_max, access_.server),
        std::string(why.cause()));
  }
  if (!response->ok()) co_return kube_error(what, response->status, response->body, response->retry_after());
  co_return read_json(response->body, what);
}

asio::awaitable<Result<json::value>> KubeClient::get(std::string path, net::Deadline deadline) {
  net::HttpRequest request("GET", std::move(path));
  co_return co_await call(std::move(request), deadline);
}

asio::awaitable<Result<KubeList>> KubeClient::list(std::string path, std::string query,
                                                   net::Deadline deadline) {
  KubeList all;
  std::string next;
  do {
    std::string url = fmt::format("{}?limit={}", path, page_items);
    if (!query.empty()) url += "&" + query;
    if (!next.empty()) url += "&continue=" + percent_encoded(next);
    auto page = co_await get(std::move(url), deadline);
    if (!page) co_return page.error();
    json::object& object = page->get_object();
    json::value* items = object.if_contains("items");
    json::value* metadata = object.if_contains("metadata");
    if (items == nullptr || metadata == nullptr || !metadata->is_object())
      co_return Error(ErrorKind::malformed, fmt::format("GET {}: the answer is no list", path));
    all.resource_version = text_at(metadata->get_object(), {"resourceVersion"});
    next = text_at(metadata->get_object(), {"continue"});
    if (items->is_array()) {
      for (json::value& item : items->get_array()) all.items.push_back(std::move(item));
    }
    if (all.items.size() > items_max)
      co_return Error(ErrorKind::over_limit, fmt::format("GET {}: more than {} objects", path, items_max));
  } while (!next.empty());
  co_return all;
}

asio::awaitable<Result<json::value>> KubeClient::create(std::string path, json::value object,
                                                        net::Deadline deadline) {
  net::HttpRequest request("POST", std::move(path));
  request.headers.set("Content-Type", "application/json");
  request.body = json::serialize(object);
  co_return co_await call(std::move(request), deadline);
}

asio::awaitable<Result<json::value>> KubeClient::replace(std::string path, json::value object,
                                                         net::Deadline deadline) {
  net::HttpRequest request("PUT", std::move(path));
  request.headers.set("Content-Type", "application/json");
  request.body = json::serialize(object);
  co_return co_await call(std::move(request), deadline);
}

asio::awaitable<Result<json::value>> KubeClient::patch(std::string path, PatchKind kind, json::value patch,
                                                       net::Deadline deadline, bool dry_run) {
  net::HttpRequest request("PATCH", std::move(path) + "?fieldManager=davy" + (dry_run ? "&dryRun=All" : ""));
  request.headers.set("Content-Type", content_type(kind));
  request.body = json::serialize(patch);
  co_return co_await call(std::move(request), deadline);
}

asio::awaitable<Result<bool>> KubeClient::allowed(Permission permission, net::Deadline deadline) {
  const json::object attributes{{"verb", permission.verb},
                                {"group", permission.group},
                                {"resource", permission.resource},
                                {"subresource", permission.subresource},
                                {"namespace", permission.name_space},
                                {"name", permission.name}};
  json::value review{{"apiVersion", "authorization.k8s.io/v1"},
                     {"kind", "SelfSubjectAccessReview"},
                     {"spec", {{"resourceAttributes", attributes}}}};
  auto answer =
      co_await create("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", std::move(review), deadline);
  if (!answer) co_return answer.error();
  co_return true_at(answer->get_object(), {"status", "allowed"});
}

asio::awaitable<Result<std::unique_ptr<net::HttpStream>>> KubeClient::watch(std::string path,
                                                                            std::string query,
                                                                            std::string resource_version,
                                                                            Duration session,
                                                                            net::Deadline deadline) {
  const auto whole_seconds =
      std::max<std::int64_t>(1, std::chrono::duration_cast<std::chrono::seconds>(session).count());
  const std::string what = "WATCH " + path;
  std::string url = fmt::format("{}{}?watch=1&allowWatchBookmarks=true&timeoutSeconds={}&resourceVersion={}",
                                access_.server, path, whole_seconds, percent_encoded(resource_version));
  if (!query.empty()) url += "&" + query;
  for (int attempt = 0;; ++attempt) {
    net::HttpRequest request("GET", url);
    request.headers.set("Accept", "application/json");
    auto stream = co_await client_.open_stream(std::move(request), deadline);
    if (!stream) co_return stream.error().within(what);
    const net::HttpResponse& head = (*stream)->head;
    if (head.ok()) co_return std::move(stream);
    if (head.status == 401 && attempt == 0) continue;
    const auto body = co_await (*stream)->next(deadline);
    co_return kube_error(what, head.status, body ? *body : "", head.retry_after());
  }
}

}  // namespace davy::kube
