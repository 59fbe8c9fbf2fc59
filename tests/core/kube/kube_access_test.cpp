// Credentials: where they come from, and what is refused.

#include "core/kube/kube_access.hpp"

#include "core/kube/base64.hpp"
#include "tests/support/scratch.hpp"

#include <doctest/doctest.h>
#include <map>

namespace davy::kube {
namespace {

config::Environment variables(std::map<std::string, std::string> values) {
  return [values](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

std::string kubeconfig(const std::string& user,
                       const std::string& cluster = "server: https://10.0.0.1:6443") {
  return "apiVersion: v1\nkind: Config\ncurrent-context: prod\n"
         "contexts: [{name: prod, context: {cluster: c, user: u, namespace: shop}}]\n"
         "clusters: [{name: c, cluster: {" +
         cluster +
         "}}]\n"
         "users: [{name: u, user: {" +
         user + "}}]\n";
}

std::string refusal(const std::string& content) {
  test::Scratch scratch;
  const auto access = kubeconfig_access(scratch.write("config", content));
  REQUIRE_FALSE(access.has_value());
  return access.error().message();
}

}  // namespace

TEST_CASE("a pod's service account is read by name of its files") {
  test::Scratch scratch;
  scratch.write("token", "t0ken");
  scratch.write("ca.crt", "pem");
  scratch.write("namespace", "shop\n");
  const auto access = find_kube_access(variables({{"KUBERNETES_SERVICE_HOST", "fd00::1"},
                                                  {"KUBERNETES_SERVICE_PORT", "443"},
                                                  {"DAVY_SERVICEACCOUNT_DIR", scratch.path().string()}}));
  REQUIRE(access.has_value());
  CHECK(access->server == "https://[fd00::1]:443");
  CHECK(access->http.credentials_file == scratch.path().string() + "/token");
  CHECK(access->http.tls.ca_file == scratch.path().string() + "/ca.crt");
  CHECK(access->name_space == "shop");
}

TEST_CASE("a pod without a mounted token says what to mount") {
  test::Scratch scratch;
  const auto access = in_cluster_access(variables({{"KUBERNETES_SERVICE_HOST", "10.0.0.1"},
                                                   {"KUBERNETES_SERVICE_PORT", "443"},
                                                   {"DAVY_SERVICEACCOUNT_DIR", scratch.path().string()}}));
  REQUIRE_FALSE(access.has_value());
  CHECK(access.error().message() ==
        scratch.path().string() + "/token is missing: mount a service account token into this container");
}

TEST_CASE("a kubeconfig gives the current context with inline data or files beside it") {
  test::Scratch scratch;
  const std::string inline_data =
      kubeconfig("client-certificate-data: " + to_base64("cert") + ", client-key-data: " + to_base64("key"),
                 "server: https://10.0.0.1:6443/, certificate-authority-data: " + to_base64("ca"));
  const auto access = kubeconfig_access(scratch.write("config", inline_data));
  REQUIRE(access.has_value());
  CHECK(access->server == "https://10.0.0.1:6443");
  CHECK(access->http.tls.ca_pem == "ca");
  CHECK(access->http.tls.cert_pem == "cert");
  CHECK(access->http.tls.key_pem.reveal() == "key");
  CHECK(access->name_space == "shop");
  const auto files = kubeconfig_access(scratch.write("files", kubeconfig("tokenFile: tokens/davy")));
  REQUIRE(files.has_value());
  CHECK(files->http.credentials_file == scratch.path().string() + "/tokens/davy");
}

TEST_CASE("of several kubeconfigs the first to define a thing wins") {
  test::Scratch scratch;
  const std::string first = scratch.write(
      "first", "current-context: prod\ncontexts: [{name: prod, context: {cluster: c, user: u}}]\n");
  const std::string second = scratch.write("second", kubeconfig("token: abc"));
  const auto access = kubeconfig_access(first + ":" + second + ":" + scratch.path().string() + "/absent");
  REQUIRE(access.has_value());
  CHECK(access->name_space == "default");
  CHECK(access->http.credentials.reveal() == "abc");
}

TEST_CASE("plugins passwords and halves of key pairs are refused with what to do") {
  CHECK(refusal(kubeconfig("exec: {command: aws}"))
            .find("gets its credentials from a plugin (exec), which Davy does not run; make a token") !=
        std::string::npos);
  CHECK(refusal(kubeconfig("auth-provider: {name: gcp}")).find("plugin (auth-provider)") !=
        std::string::npos);
  CHECK(refusal(kubeconfig("username: a, password: b")).find("use tokenFile or a client certificate") !=
        std::string::npos);
  CHECK(refusal(kubeconfig("client-certificate: a.pem"))
            .find("needs client-certificate and client-key together") != std::string::npos);
  CHECK(refusal(kubeconfig("client-certificate-data: '!!'")).find("client-certificate-data is not base64") !=
        std::string::npos);
  CHECK(refusal(kubeconfig("token: a", "server: https://a, proxy-url: http://b"))
            .find("proxy-url is not supported") != std::string::npos);
  CHECK(refusal("current-context: nowhere\n").find("current-context 'nowhere' is not among its contexts") !=
        std::string::npos);
}

TEST_CASE("without any credentials it says where they are looked for") {
  test::Scratch scratch;
  const auto access = find_kube_access(variables({{"HOME", scratch.path().string()}}));
  REQUIRE_FALSE(access.has_value());
  CHECK(access.error().message() ==
        "no Kubernetes credentials: set KUBECONFIG, run in a pod with a service account token, or write "
        "~/.kube/config");
}

}  // namespace davy::kube
