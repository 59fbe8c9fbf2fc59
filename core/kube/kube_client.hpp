#pragma once

// The verbs of the Kubernetes API, one attempt each.
//
// Paths are absolute ("/apis/apps/v1/namespaces/shop/deployments/checkout"), answers are JSON. What an
// error's cause says: unauthorized (401, after the token was read again and tried once more), forbidden (403,
// with verb and resource as the server names them), admission_denied, not_found, no_such_api (404: the server
// does not know the kind), conflict and already_exists (409), expired (410: list again), rejected (422: a
// patch's test did not hold, or the object is invalid), throttled (429), unavailable (5xx). Waiting and
// trying again is the caller's; Error::retry_after() carries what the server asked for.

#include "core/kube/kube_access.hpp"
#include "core/net/http_client.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <string>
#include <vector>

namespace davy::kube {

namespace json = boost::json;

enum class PatchKind { json, merge };

struct KubeList {
  std::vector<json::value> items;
  std::string resource_version;  // where a watch goes on
};

// May we? In the words of a role's rule. `name` empty: any.
struct Permission {
  std::string verb, group, resource, subresource, name_space, name;
  std::string to_text() const;  // "patch deployments.apps/checkout in shop"
};

class KubeClient {
 public:
  KubeClient(boost::asio::any_io_executor executor, std::shared_ptr<net::Resolver> resolver,
             KubeAccess access);

  boost::asio::awaitable<Result<json::value>> get(std::string path, net::Deadline deadline);
  // All pages. `query` without the leading '?': "labelSelector=...", values percent_encoded().
  boost::asio::awaitable<Result<KubeList>> list(std::string path, std::string query, net::Deadline deadline);
  boost::asio::awaitable<Result<json::value>> create(std::string path, json::value object,
                                                     net::Deadline deadline);
  boost::asio::awaitable<Result<json::value>> replace(std::string path, json::value object,
                                                      net::Deadline deadline);
  boost::asio::awaitable<Result<json::value>> patch(std::string path, PatchKind kind, json::value patch,
                                                    net::Deadline deadline, bool dry_run = false);
  // SelfSubjectAccessReview.
  boost::asio::awaitable<Result<bool>> allowed(Permission permission, net::Deadline deadline);
  // Lines of JSON until `session` is over; `deadline` is that of the head.
  boost::asio::awaitable<Result<std::unique_ptr<net::HttpStream>>> watch(std::string path, std::string query,
                                                                         std::string resource_version,
                                                                         Duration session,
                                                                         net::Deadline deadline);

  const KubeAccess& access() const { return access_; }

 private:
  boost::asio::awaitable<Result<json::value>> call(net::HttpRequest request, net::Deadline deadline);

  KubeAccess access_;
  net::HttpClient client_;
};

// What a Status (or any other body) with this HTTP status means. `what`: "PATCH /apis/...".
Error kube_error(std::string_view what, int status, std::string_view body,
                 std::optional<Duration> retry_after);

// The JSON of an answer; deeper or larger than any real object is malformed.
Result<json::value> read_json(std::string_view text, std::string_view what);

}  // namespace davy::kube
