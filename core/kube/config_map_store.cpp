#include "core/kube/config_map_store.hpp"

#include "core/kube/base64.hpp"
#include "core/kube/fields.hpp"
#include "core/net/inflate.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::kube {
namespace asio = boost::asio;
namespace {

constexpr const char* key = "journal.gz";
constexpr std::size_t content_bytes_max = 16UL * 1024 * 1024;

}  // namespace

ConfigMapStore::ConfigMapStore(std::shared_ptr<KubeClient> client, std::string name_space, std::string name,
                               std::string service)
    : client_(std::move(client)),
      name_space_(std::move(name_space)),
      name_(std::move(name)),
      service_(std::move(service)) {}

std::string ConfigMapStore::path() const {
  return fmt::format("/api/v1/namespaces/{}/configmaps/{}", name_space_, name_);
}

asio::awaitable<Result<std::string>> ConfigMapStore::load(net::Deadline deadline) {
  const auto object = co_await client_->get(path(), deadline);
  if (!object) {
    const Error why = object.error();
    version_.clear();
    if (why.kind() == ErrorKind::not_found) co_return std::string();
    co_return why;
  }
  version_ = text_at(object->get_object(), {"metadata", "resourceVersion"});
  const std::string stored = text_at(object->get_object(), {"binaryData", key});
  if (stored.empty()) co_return std::string();
  const auto bytes = from_base64(stored);
  if (!bytes) co_return bytes.error().within(path());
  net::Inflater inflater(content_bytes_max);
  std::string content;
  if (const auto added = inflater.add(*bytes, content); !added) co_return added.error().within(path());
  if (const auto done = inflater.finish(); !done) co_return done.error().within(path());
  co_return content;
}

asio::awaitable<Result<void>> ConfigMapStore::save(std::string content, net::Deadline deadline) {
  const std::string packed = net::gzip(content);
  if (packed.size() > bytes_max)
    co_return Error(
        ErrorKind::over_limit,
        fmt::format("the checkpoint is {} bytes, and a ConfigMap holds {}", packed.size(), bytes_max),
        "checkpoint");
  json::value data{{key, to_base64(packed)}};
  if (version_.empty()) {
    json::value object{{"apiVersion", "v1"},
                       {"kind", "ConfigMap"},
                       {"metadata", {{"name", name_}, {"labels", {{"davy/service", service_}}}}},
                       {"binaryData", std::move(data)}};
    auto made = co_await client_->create(fmt::format("/api/v1/namespaces/{}/configmaps", name_space_),
                                         std::move(object), deadline);
    if (!made) co_return made.error();
    version_ = text_at(made->get_object(), {"metadata", "resourceVersion"});
  } else {
    json::value patch{{"metadata", {{"resourceVersion", version_}}}, {"binaryData", std::move(data)}};
    auto written = co_await client_->patch(path(), PatchKind::merge, std::move(patch), deadline);
    if (!written) co_return written.error();
    version_ = text_at(written->get_object(), {"metadata", "resourceVersion"});
  }
  bytes_written_ = packed.size();
  co_return Result<void>();
}

}  // namespace davy::kube
