#include "config/draft/presets.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <vector>

namespace davy::config::draft {
namespace {

constexpr CheckKind ratio = CheckKind::ratio;
constexpr CheckKind latency = CheckKind::latency;
constexpr CheckKind gauge = CheckKind::gauge;

constexpr PresetCheck process_memory{"memory", gauge, "process_resident_memory_bytes", ""};

constexpr std::array istio{
    PresetCheck{"errors", ratio, R"(istio_requests_total{reporter="destination",response_code=~"5.."})",
                R"(istio_requests_total{reporter="destination"})"},
    PresetCheck{"latency", latency, R"(istio_request_duration_milliseconds{reporter="destination"})", ""},
};
constexpr std::array linkerd{
    PresetCheck{"errors", ratio, R"(response_total{direction="inbound",classification="failure"})",
                R"(response_total{direction="inbound"})"},
    PresetCheck{"latency", latency, R"(response_latency_ms{direction="inbound"})", ""},
};
constexpr std::array envoy{
    PresetCheck{"errors", ratio, R"(envoy_cluster_upstream_rq_xx{envoy_response_code_class="5"})",
                "envoy_cluster_upstream_rq_xx"},
    PresetCheck{"errors", ratio, R"(envoy_cluster_upstream_rq{envoy_response_code=~"5.."})",
                "envoy_cluster_upstream_rq"},
    PresetCheck{"errors", ratio, R"(envoy_http_downstream_rq_xx{envoy_response_code_class="5"})",
                "envoy_http_downstream_rq_xx"},
    PresetCheck{"latency", latency, "envoy_cluster_upstream_rq_time", "", "milliseconds"},
    PresetCheck{"latency", latency, "envoy_http_downstream_rq_time", "", "milliseconds"},
};
constexpr std::array nginx_ingress{
    PresetCheck{"errors", ratio, R"(nginx_ingress_controller_requests{status=~"5.."})",
                "nginx_ingress_controller_requests"},
    PresetCheck{"latency", latency, "nginx_ingress_controller_request_duration_seconds", ""},
};
constexpr std::array haproxy{
    PresetCheck{"errors", ratio, R"(haproxy_server_http_responses_total{code="5xx"})",
                "haproxy_server_http_responses_total"},
    PresetCheck{"errors", ratio, R"(haproxy_frontend_http_responses_total{code="5xx"})",
                "haproxy_frontend_http_responses_total"},
};
constexpr std::array traefik{
    PresetCheck{"errors", ratio, R"(traefik_service_requests_total{code=~"5.."})",
                "traefik_service_requests_total"},
    PresetCheck{"errors", ratio, R"(traefik_backend_requests_total{code=~"5.."})",
                "traefik_backend_requests_total"},
    PresetCheck{"errors", ratio, R"(traefik_entrypoint_requests_total{code=~"5.."})",
                "traefik_entrypoint_requests_total"},
    PresetCheck{"latency", latency, "traefik_service_request_duration_seconds", ""},
    PresetCheck{"latency", latency, "traefik_backend_request_duration_seconds", ""},
    PresetCheck{"latency", latency, "traefik_entrypoint_request_duration_seconds", ""},
};
constexpr std::array spring{
    PresetCheck{"errors", ratio, R"(http_server_requests_seconds_count{status=~"5.."})",
                "http_server_requests_seconds_count"},
    PresetCheck{"latency", latency, "http_server_requests_seconds", ""},
    PresetCheck{"memory", gauge, R"(jvm_memory_used_bytes{area="heap"})", ""},
};
constexpr std::array aspnet{
    PresetCheck{"errors", ratio,
                R"(http_server_request_duration_seconds_count{http_response_status_code=~"5.."})",
                "http_server_request_duration_seconds_count"},
    PresetCheck{"latency", latency, "http_server_request_duration_seconds", ""},
    process_memory,
};
constexpr std::array opentelemetry_old{
    PresetCheck{"errors", ratio, R"(http_server_duration_milliseconds_count{http_status_code=~"5.."})",
                "http_server_duration_milliseconds_count"},
    PresetCheck{"latency", latency, "http_server_duration_milliseconds", ""},
    process_memory,
};
constexpr std::array prometheus_net{
    PresetCheck{"errors", ratio, R"(http_requests_received_total{code=~"5.."})",
                "http_requests_received_total"},
    PresetCheck{"latency", latency, "http_request_duration_seconds", ""},
    process_memory,
};
constexpr std::array flask{
    PresetCheck{"errors", ratio, R"(flask_http_request_total{status=~"5.."})", "flask_http_request_total"},
    PresetCheck{"latency", latency, "flask_http_request_duration_seconds", ""},
    process_memory,
};
constexpr std::array django{
    PresetCheck{"errors", ratio, R"(django_http_responses_total_by_status_total{status=~"5.."})",
                "django_http_responses_total_by_status_total"},
    PresetCheck{"latency", latency, "django_http_requests_latency_seconds_by_view_method", ""},
    process_memory,
};
constexpr std::array grpc{
    PresetCheck{
        "errors", ratio,
        R"(grpc_server_handled_total{grpc_code=~"Unknown|Internal|Unavailable|DataLoss|DeadlineExceeded|Unimplemented"})",
        "grpc_server_handled_total"},
    PresetCheck{"latency", latency, "grpc_server_handling_seconds", ""},
    process_memory,
};
constexpr std::array coredns{
    PresetCheck{"errors", ratio, R"(coredns_dns_responses_total{rcode="SERVFAIL"})",
                "coredns_dns_responses_total"},
    PresetCheck{"errors", ratio, R"(coredns_dns_response_rcode_count_total{rcode="SERVFAIL"})",
                "coredns_dns_response_rcode_count_total"},
    PresetCheck{"latency", latency, "coredns_dns_request_duration_seconds", ""},
    process_memory,
};
constexpr std::array kube_apiserver{
    PresetCheck{"errors", ratio, R"(apiserver_request_total{code=~"5.."})", "apiserver_request_total"},
    PresetCheck{"errors", ratio, R"(apiserver_request_count{code=~"5.."})", "apiserver_request_count"},
    PresetCheck{"latency", latency, "apiserver_request_duration_seconds", ""},
    process_memory,
};
constexpr std::array cockroachdb{
    PresetCheck{"errors", ratio, "sql_failure_count", "sql_query_count"},
    PresetCheck{"latency", latency, "sql_service_latency", "", "nanoseconds"},
    PresetCheck{"memory", gauge, "sys_rss", ""},
};
constexpr std::array tidb{
    PresetCheck{"errors", ratio, R"(tidb_server_query_total{result="Error"})", "tidb_server_query_total"},
    PresetCheck{"latency", latency, "tidb_server_handle_query_duration_seconds", ""},
    process_memory,
};
constexpr std::array http_library{
    PresetCheck{"errors", ratio, R"(http_requests_total{code=~"5.."})", "http_requests_total"},
    PresetCheck{"latency", latency, "http_request_duration_seconds", ""},
    process_memory,
};

constexpr std::array all{
    Preset{"istio", "Istio's sidecars", "istio_requests_total", istio, "destination_version", "pod",
           "Each pod's sidecar shows what it has received: make the pods' port 15020 (/stats/prometheus) the "
           "targets."},
    Preset{"linkerd", "Linkerd's proxies", "response_latency_ms_bucket response_total", linkerd, "", "",
           "Each pod's proxy shows what it has received: make the pods' port 4191 the targets."},
    Preset{"envoy", "Envoy's upstream clusters",
           "envoy_cluster_upstream_rq_completed envoy_cluster_upstream_rq envoy_http_downstream_rq_completed",
           envoy, "envoy_cluster_name", "",
           "An Envoy shows its clusters. Behind one Envoy tell the versions apart by cluster with where:."},
    Preset{"nginx-ingress", "the NGINX ingress controller", "nginx_ingress_controller_requests",
           nginx_ingress, "ingress", "controller_pod", ""},
    Preset{"haproxy", "HAProxy's servers",
           "haproxy_server_http_responses_total haproxy_frontend_http_responses_total", haproxy, "server",
           "server",
           "HAProxy shows every server of every backend in one place: where: tells the versions apart, "
           "members: the servers."},
    Preset{"traefik", "Traefik", "traefik_entrypoint_requests_total traefik_service_requests_total", traefik,
           "service", "", ""},
    Preset{"spring-boot", "Spring Boot with Micrometer", "http_server_requests_seconds_count", spring, "", "",
           "A histogram has to be asked for: "
           "management.metrics.distribution.percentiles-histogram.http.server.requests=true"},
    Preset{"opentelemetry", "OpenTelemetry's HTTP server metrics (.NET 8, Java agent, Go, Python)",
           "http_server_request_duration_seconds_count", aspnet, "", "", ""},
    Preset{"opentelemetry-1.20", "OpenTelemetry's HTTP server metrics before they were stable",
           "http_server_duration_milliseconds_count", opentelemetry_old, "", "", ""},
    Preset{"prometheus-net", "prometheus-net (.NET)", "http_requests_received_total", prometheus_net, "", "",
           ""},
    Preset{"flask", "prometheus_flask_exporter (Python)", "flask_http_request_total", flask, "", "", ""},
    Preset{"django", "django-prometheus (Python)", "django_http_responses_total_by_status_total", django, "",
           "", ""},
    Preset{"grpc", "gRPC servers (go-grpc-prometheus and its kin)", "grpc_server_handled_total", grpc, "", "",
           ""},
    Preset{"coredns", "CoreDNS", "coredns_dns_request_duration_seconds_bucket", coredns, "", "", ""},
    Preset{"cockroachdb", "CockroachDB", "sql_service_latency_bucket", cockroachdb, "", "", ""},
    Preset{"tidb", "TiDB", "tidb_server_handle_query_duration_seconds_bucket", tidb, "", "", ""},
    Preset{"kube-apiserver", "the Kubernetes API server", "apiserver_request_total apiserver_request_count",
           kube_apiserver, "", "", ""},
    Preset{"http", "http_requests_total, as client libraries' examples have it (Go, Python, Node)", "",
           http_library, "", "", ""},
};

}  // namespace

std::span<const Preset> presets() { return all; }

std::span<const Exporter> exporters() {
  static constexpr std::array known{
      Exporter{"node_exporter", "node_cpu_seconds_total"},
      Exporter{"node_exporter", "node_exporter_build_info"},
      Exporter{"cAdvisor", "container_cpu_usage_seconds_total"},
      Exporter{"cAdvisor", "cadvisor_version_info"},
      Exporter{"cAdvisor", "container_last_seen"},
      Exporter{"windows_exporter", "windows_cpu_time_total"},
      Exporter{"windows_exporter", "windows_exporter_build_info"},
      Exporter{"NVIDIA's dcgm-exporter", "DCGM_FI_DEV_GPU_UTIL"},
      Exporter{"NVIDIA's dcgm-exporter", "dcgm_gpu_temp"},
      Exporter{"kube-proxy", "kubeproxy_sync_proxy_rules_duration_seconds_bucket"},
      Exporter{"kube-proxy", "kubeproxy_sync_proxy_rules_latency_microseconds_bucket"},
  };
  return known;
}

std::span<const Runtime> runtimes() {
  static constexpr std::array known{
      Runtime{"a Go program", "go_goroutines"},
      Runtime{"a Python program", "python_info"},
      Runtime{"a Node.js program", "nodejs_version_info"},
      Runtime{"a .NET program", "dotnet_collection_count_total"},
      Runtime{"a .NET program", "dotnet_total_memory_bytes"},
      Runtime{"a JVM", "jvm_memory_bytes_used"},
      Runtime{"a JVM", "jvm_memory_used_bytes"},
      Runtime{"a JVM", "jvm_threads_current"},
      Runtime{"an Erlang program", "erlang_vm_process_count"},
      Runtime{"an Erlang program", "erlang_vm_memory_bytes_total"},
  };
  return known;
}

std::string checks_yaml(const Preset& preset, bool has_baseline) {
  std::string out = "checks:\n";
  std::vector<std::string_view> written;
  for (const PresetCheck& check : preset.checks) {
    if (std::find(written.begin(), written.end(), check.name) != written.end()) continue;
    if (check.kind != ratio && !has_baseline) continue;
    written.push_back(check.name);
    out += fmt::format("  - name: {}\n", check.name);
    if (check.kind == ratio) {
      out +=
          fmt::format("    ratio: {{errors: '{}', total: '{}'}}\n    max: 5%\n", check.metric, check.total);
      if (has_baseline) out += "    max_increase: 100%\n    ignore_increase_below: 0.5pp\n";
    } else if (check.kind == latency) {
      out += fmt::format("    latency: {{histogram: '{}', quantile: p99{}}}\n    max_increase: 50%\n",
                         check.metric, check.unit.empty() ? "" : fmt::format(", unit: {}", check.unit));
    } else {
      out += fmt::format("    gauge: '{}'\n    max_increase: 30%\n    severity: P2\n", check.metric);
    }
  }
  return out;
}

const Preset* find_preset(std::string_view name) {
  for (const Preset& preset : all)
    if (preset.name == name) return &preset;
  return nullptr;
}

}  // namespace davy::config::draft
