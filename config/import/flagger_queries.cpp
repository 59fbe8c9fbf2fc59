#include "config/import/flagger_queries.hpp"

#include <array>
#include <fmt/format.h>

namespace davy::config::imported {
namespace {

struct Row {
  std::string_view provider;
  std::string_view counter;    // requests
  std::string_view labels;     // which of them are the canary's
  std::string_view good;       // those that succeed
  std::string_view histogram;  // durations; empty: a mean of the two that follow
  double to_milliseconds = 1;
  std::string_view mean_sum = {}, mean_count = {};
};

constexpr std::string_view pods =
    R"q(kubernetes_namespace="{{ namespace }}",kubernetes_pod_name=~"{{ target }}-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)")q";

constexpr std::array rows{
    Row{"istio", "istio_requests_total",
        R"(reporter="destination",destination_workload_namespace="{{ namespace }}",destination_workload=~"{{ target }}")",
        R"(response_code!~"5.*")", "istio_request_duration_milliseconds"},
    Row{"linkerd", "response_total",
        R"(namespace="{{ namespace }}",deployment=~"{{ target }}",direction="inbound")",
        R"(classification!="failure")", "response_latency_ms"},
    Row{"appmesh", "envoy_cluster_upstream_rq", pods, R"(envoy_response_code!~"5.*")",
        "envoy_cluster_upstream_rq_time"},
    Row{"contour", "envoy_cluster_upstream_rq",
        R"(envoy_cluster_name=~"{{ namespace }}_{{ target }}-canary_[0-9a-zA-Z-]+")",
        R"(envoy_response_code!~"5.*")", "envoy_cluster_upstream_rq_time"},
    Row{"gloo", "envoy_cluster_upstream_rq",
        R"(envoy_cluster_name=~"{{ namespace }}-{{ target }}-canary-[0-9a-zA-Z-]+_[0-9a-zA-Z-]+")",
        R"(envoy_response_code!~"5.*")", "envoy_cluster_upstream_rq_time"},
    Row{"nginx", "nginx_ingress_controller_requests",
        R"(namespace="{{ namespace }}",ingress="{{ ingress }}")", R"(status!~"5.*")", "", 1000,
        "nginx_ingress_controller_ingress_upstream_latency_seconds_sum",
        "nginx_ingress_controller_ingress_upstream_latency_seconds_count"},
    Row{"traefik", "traefik_service_requests_total",
        R"(service=~"{{ namespace }}-{{ target }}-canary-[0-9a-zA-Z-]+@kubernetescrd")", R"(code!~"5..")",
        "traefik_service_request_duration_seconds", 1000},
    Row{"kubernetes", "http_request_duration_seconds_count", pods, R"(status!~"5.*")",
        "http_request_duration_seconds", 1000},
};

std::string rate(std::string_view metric, std::string_view labels) {
  return fmt::format("sum(rate({}{{{}}}[{{{{ interval }}}}]))", metric, labels);
}

}  // namespace

std::optional<BuiltinQueries> builtin_queries(std::string_view provider) {
  for (const Row& row : rows) {
    if (row.provider != provider.substr(0, provider.find(':'))) continue;
    BuiltinQueries queries;
    queries.success_rate =
        fmt::format("{} / {} * 100", rate(row.counter, fmt::format("{},{}", row.labels, row.good)),
                    rate(row.counter, row.labels));
    queries.mean = row.histogram.empty();
    queries.duration =
        queries.mean
            ? fmt::format("{} / {} * {}", rate(row.mean_sum, row.labels), rate(row.mean_count, row.labels),
                          row.to_milliseconds)
            : fmt::format(
                  "histogram_quantile(0.99, sum(rate({}_bucket{{{}}}[{{{{ interval }}}}])) by (le)) * {}",
                  row.histogram, row.labels, row.to_milliseconds);
    return queries;
  }
  return std::nullopt;
}

}  // namespace davy::config::imported
