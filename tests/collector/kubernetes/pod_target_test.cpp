// Where a pod is scraped.

#include "collector/kubernetes/pod_target.hpp"

#include <doctest/doctest.h>

namespace davy::collector {
namespace {

kube::Pod pod(std::vector<std::pair<std::string, int>> ports = {{"http", 8080}}) {
  kube::Pod made;
  made.name = "checkout-6d4f-x2x";
  made.uid = "u1";
  made.ip = "10.1.2.3";
  made.ports = std::move(ports);
  return made;
}

Result<Target> target(const kube::Pod& pod, const std::string& port = "", bool annotations = false,
                      bool on_loopback = false) {
  KubernetesTargets pods;
  pods.port = port;
  pods.annotations = annotations;
  return pod_target(pod, pods, ScrapeSpec(), Side::canary, on_loopback);
}

std::string url(const Result<Target>& made) { return made ? made->url : made.error().message(); }

}  // namespace

TEST_CASE("a pod is scraped at the port by number or by name or at the only one it has") {
  CHECK(url(target(pod())) == "http://10.1.2.3:8080/metrics");
  CHECK(url(target(pod({{"http", 8080}, {"metrics", 9090}}), "metrics")) == "http://10.1.2.3:9090/metrics");
  CHECK(url(target(pod({}), "9100")) == "http://10.1.2.3:9100/metrics");
  CHECK(target(pod())->id == "pod/u1");
  CHECK(target(pod())->labels.get("pod") == "checkout-6d4f-x2x");
}

TEST_CASE("an address of version 6 and our own pod are written as they must be") {
  kube::Pod six = pod();
  six.ip = "fd00::7";
  CHECK(url(target(six)) == "http://[fd00::7]:8080/metrics");
  CHECK(url(target(six, "", false, true)) == "http://127.0.0.1:8080/metrics");
}

TEST_CASE("a port that cannot be chosen is told with those there are") {
  CHECK(url(target(pod({}))) ==
        "pod checkout-6d4f-x2x needs port: to say which of its ports is scraped; it declares none");
  CHECK(url(target(pod({{"http", 8080}, {"", 9090}}))) ==
        "pod checkout-6d4f-x2x needs port: to say which of its ports is scraped; it has http and 9090");
  CHECK(url(target(pod(), "admin\x1b")) ==
        "pod checkout-6d4f-x2x has no port named 'admin\\x1b'; it has http");
  for (const char* port : {"0", "70000", "-1", "80a"}) {
    CAPTURE(port);
    CHECK(target(pod(), port).error().cause() == "no_port");
  }
}

TEST_CASE("a pod's annotations count where the policy says so and its own port wins") {
  kube::Pod annotated = pod({{"http", 8080}, {"admin", 9000}});
  annotated.annotations = {{"prometheus.io/port", "9000"},
                           {"prometheus.io/path", "/admin/metrics"},
                           {"prometheus.io/scheme", "https"}};
  CHECK(url(target(annotated, "", true)) == "https://10.1.2.3:9000/admin/metrics");
  CHECK(url(target(annotated, "http", true)) == "https://10.1.2.3:8080/admin/metrics");
  CHECK(url(target(annotated, "http", false)) == "http://10.1.2.3:8080/metrics");
  annotated.annotations["prometheus.io/scheme"] = "gopher";
  CHECK(url(target(annotated, "", true)) == "http://10.1.2.3:9000/admin/metrics");
}

}  // namespace davy::collector
