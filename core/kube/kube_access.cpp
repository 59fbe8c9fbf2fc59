#include "core/kube/kube_access.hpp"

#include "config/section.hpp"
#include "core/base/text.hpp"
#include "core/kube/base64.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <sstream>

namespace davy::kube {
namespace fs = std::filesystem;
using config::Section;
namespace {

constexpr const char* usual_account_folder = "/var/run/secrets/kubernetes.io/serviceaccount";

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return Error(ErrorKind::not_found,
                 fmt::format("cannot read {}; check that it exists and is readable", path), "credentials");
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

// A named entry of a kubeconfig's list, with the folder that its relative paths start from.
struct Entry {
  Section section;
  fs::path folder;
};
using Entries = std::map<std::string, Entry>;

struct Kubeconfig {
  std::string current_context, from;
  Entries clusters, users, contexts;
};

void collect(const Section& root, const char* list, const char* inner, const fs::path& folder,
             Entries& into) {
  for (const Section& entry : root.sections(list)) {
    const auto name = entry.text("name");
    const auto content = entry.section(inner);
    if (name && content) into.emplace(*name, Entry{*content, folder});
  }
}

Result<void> add_file(const std::string& path, Kubeconfig& all) {
  auto text = read_file(path);
  if (!text) return text.error();
  const auto loaded = config::load_yaml(std::move(*text), path, config::empty_environment());
  if (!loaded.root) return Error(ErrorKind::invalid, loaded.problems->to_text(), "credentials");
  const Section& root = *loaded.root;
  if (all.current_context.empty()) {
    all.current_context = root.text("current-context").value_or("");
    all.from = path;
  }
  const fs::path folder = fs::path(path).parent_path();
  collect(root, "clusters", "cluster", folder, all.clusters);
  collect(root, "users", "user", folder, all.users);
  collect(root, "contexts", "context", folder, all.contexts);
  return {};
}

std::string path_at(const Entry& entry, const char* key) {
  const auto path = entry.section.text(key);
  if (!path) return {};
  return fs::path(*path).is_absolute() ? *path : (entry.folder / *path).string();
}

Result<std::string> data_at(const Entry& entry, const char* key) {
  const auto data = entry.section.text(key);
  if (!data) return std::string();
  auto bytes = from_base64(*data);
  if (!bytes) return Error(ErrorKind::invalid, fmt::format("{} is not base64", key), "credentials");
  return bytes;
}

Result<void> read_cluster(const Entry& cluster, KubeAccess& access) {
  access.server = cluster.section.text("server").value_or("");
  while (access.server.ends_with('/')) access.server.pop_back();
  if (access.server.empty()) return Error(ErrorKind::invalid, "the cluster has no server", "credentials");
  auto authority = data_at(cluster, "certificate-authority-data");
  if (!authority) return authority.error();
  TlsAccess& tls = access.http.tls;
  tls.ca_pem = std::move(*authority);
  if (tls.ca_pem.empty()) tls.ca_file = path_at(cluster, "certificate-authority");
  tls.server_name = cluster.section.text("tls-server-name").value_or("");
  tls.insecure_skip_verify = cluster.section.boolean("insecure-skip-tls-verify").value_or(false);
  if (cluster.section.has("proxy-url"))
    return Error(ErrorKind::unsupported, "proxy-url is not supported; reach the API server directly",
                 "credentials");
  return {};
}

Result<void> read_user(const Entry& user, const std::string& name, KubeAccess& access) {
  for (const char* plugin : {"exec", "auth-provider"}) {
    if (!user.section.has(plugin)) continue;
    return Error(
        ErrorKind::unsupported,
        fmt::format(
            "user '{}' gets its credentials from a plugin ({}), which Davy does not run; make a token "
            "for a service account (kubectl create token NAME) and name its file as tokenFile",
            name, plugin),
        "credentials");
  }
  if (user.section.has("username"))
    return Error(
        ErrorKind::unsupported,
        fmt::format("user '{}' has a name and a password, which the Kubernetes API no longer takes; use "
                    "tokenFile or a client certificate",
                    name),
        "credentials");
  access.http.credentials_file = path_at(user, "tokenFile");
  if (access.http.credentials_file.empty())
    access.http.credentials = Secret(user.section.text("token").value_or(""));
  TlsAccess& tls = access.http.tls;
  auto certificate = data_at(user, "client-certificate-data");
  if (!certificate) return certificate.error();
  auto key = data_at(user, "client-key-data");
  if (!key) return key.error();
  tls.cert_pem = std::move(*certificate);
  tls.key_pem = Secret(std::move(*key));
  if (tls.cert_pem.empty()) tls.cert_file = path_at(user, "client-certificate");
  if (tls.key_pem.empty()) tls.key_file = path_at(user, "client-key");
  const bool certificate_given = !tls.cert_pem.empty() || !tls.cert_file.empty();
  const bool key_given = !tls.key_pem.empty() || !tls.key_file.empty();
  if (certificate_given != key_given || tls.cert_pem.empty() != tls.key_pem.empty()) {
    return Error(
        ErrorKind::invalid,
        fmt::format(
            "user '{}' needs client-certificate and client-key together, both as files or both as data",
            name),
        "credentials");
  }
  return {};
}

}  // namespace

Result<KubeAccess> in_cluster_access(const config::Environment& variables) {
  const auto host = variables("KUBERNETES_SERVICE_HOST");
  const auto port = variables("KUBERNETES_SERVICE_PORT");
  if (!host || !port || host->empty() || port->empty())
    return Error(ErrorKind::not_found, "not inside a cluster: KUBERNETES_SERVICE_HOST and _PORT are not set",
                 "credentials");
  const std::string folder = variables("DAVY_SERVICEACCOUNT_DIR").value_or(usual_account_folder);
  KubeAccess access;
  const bool ipv6 = host->find(':') != std::string::npos;
  access.server = fmt::format("https://{}:{}", ipv6 ? "[" + *host + "]" : *host, *port);
  access.http.credentials_file = folder + "/token";
  access.http.tls.ca_file = folder + "/ca.crt";
  for (const std::string& file : {access.http.credentials_file, access.http.tls.ca_file}) {
    if (fs::exists(file)) continue;
    return Error(ErrorKind::not_found,
                 fmt::format("{} is missing: mount a service account token into this container", file),
                 "credentials");
  }
  const auto name_space = read_file(folder + "/namespace");
  access.name_space = name_space ? std::string(trim(*name_space)) : "default";
  access.origin = "the pod's service account";
  return access;
}

Result<KubeAccess> kubeconfig_access(const std::string& files) {
  Kubeconfig all;
  int found = 0;
  for (const std::string_view file : split(files, ':')) {
    if (file.empty() || !fs::exists(std::string(file))) continue;
    ++found;
    if (auto added = add_file(std::string(file), all); !added) return added.error();
  }
  if (found == 0)
    return Error(ErrorKind::not_found, fmt::format("no kubeconfig at {}", files), "credentials");
  const auto context = all.contexts.find(all.current_context);
  if (context == all.contexts.end())
    return Error(
        ErrorKind::invalid,
        fmt::format("{}: current-context '{}' is not among its contexts", files, all.current_context),
        "credentials");
  const Section& chosen = context->second.section;
  const auto cluster = all.clusters.find(chosen.text("cluster").value_or(""));
  const std::string user_name = chosen.text("user").value_or("");
  const auto user = all.users.find(user_name);
  const std::string origin = fmt::format("context '{}' of {}", all.current_context, all.from);
  if (cluster == all.clusters.end() || user == all.users.end())
    return Error(ErrorKind::invalid, origin + " names a cluster or a user that is not there", "credentials");
  KubeAccess access;
  access.origin = origin;
  access.name_space = chosen.text("namespace").value_or("default");
  if (auto read = read_cluster(cluster->second, access); !read) return read.error().within(origin);
  if (auto read = read_user(user->second, user_name, access); !read) return read.error().within(origin);
  return access;
}

Result<KubeAccess> find_kube_access(const config::Environment& variables) {
  if (const auto files = variables("KUBECONFIG"); files && !files->empty()) return kubeconfig_access(*files);
  if (variables("KUBERNETES_SERVICE_HOST")) return in_cluster_access(variables);
  const std::string usual = variables("HOME").value_or("") + "/.kube/config";
  if (fs::exists(usual)) return kubeconfig_access(usual);
  return Error(
      ErrorKind::not_found,
      "no Kubernetes credentials: set KUBECONFIG, run in a pod with a service account token, or write "
      "~/.kube/config",
      "credentials");
}

}  // namespace davy::kube
