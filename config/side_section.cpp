#include "config/side_section.hpp"

#include "config/http_access_section.hpp"

#include <fmt/format.h>

namespace davy::config {
namespace {

// A selector at a key, its problem with the place inside the text.
std::optional<Selector> selector(const Section& in, std::string_view key) {
  const auto text = in.text(key);
  if (!text) return std::nullopt;
  SelectorProblem problem;
  auto read = parse_selector(*text, problem);
  if (!read)
    in.problem(key, fmt::format("{} (at character {} of the selector)", problem.message, problem.offset + 1));
  return read;
}

KubernetesTargets read_kubernetes(const Section& in) {
  KubernetesTargets pods;
  int kinds = 0;
  for (const char* kind : {"deployment", "statefulset", "daemonset", "rollout", "selector"}) {
    const auto name = in.text(kind);
    if (!name) continue;
    ++kinds;
    pods.kind = kind;
    pods.name = *name;
  }
  if (kinds != 1)
    in.problem_here(
        "kubernetes needs exactly one of deployment, statefulset, daemonset, rollout and selector",
        "write deployment: " + pods.name);
  pods.name_space = in.text("namespace").value_or("");
  if (const auto revision = in.text("revision")) {
    const bool number = revision->find_first_not_of("0123456789") == std::string::npos;
    const bool of_rollout = pods.kind == "rollout" && (*revision == "canary" || *revision == "stable");
    pods.revision = of_rollout ? (*revision == "canary" ? "new" : "old") : *revision;
    if (!number && pods.revision != "new" && pods.revision != "old")
      in.problem("revision", fmt::format("'{}' is no revision", *revision), "write new, old or a number");
    if (pods.kind == "selector")
      in.problem_at_key("revision", "pods of a selector have no revision", "name their deployment instead");
  }
  pods.port = in.text("port").value_or("");
  pods.annotations = in.boolean("annotations").value_or(false);
  pods.own_pod_on_loopback =
      in.choice<bool>("own_pod", {{"loopback", true}, {"address", false}}).value_or(false);
  in.finish();
  return pods;
}

PrometheusSource read_prometheus(const Section& in) {
  PrometheusSource server;
  server.url = in.required_url("url");
  while (server.url.ends_with('/')) server.url.pop_back();
  if (server.url.find_first_of("?#") != std::string::npos || server.url.ends_with("/api/v1/query")) {
    in.problem("url", "this is the server's address, and not that of a query",
               "write what stands before /api/v1/query, like http://prometheus:9090");
  }
  server.access = read_http_access(in);
  server.accept_partial = in.boolean("accept_partial").value_or(false);
  in.finish();
  return server;
}

}  // namespace

SideSpec read_side(const Section& in) {
  SideSpec side;
  side.targets = in.text_list("targets");
  side.files = in.text("file").value_or("");
  if (const auto dns = in.section("dns")) {
    DnsTargets names;
    names.name = dns->required_text("name");
    names.type = dns->choice<std::string>("type", {{"A", "A"}, {"SRV", "SRV"}}).value_or("A");
    names.port = static_cast<int>(dns->count("port", 1, 65535).value_or(0));
    if (names.type == "A" && !dns->has("port"))
      dns->problem_here("dns needs a port", "write port: 9090, or type: SRV");
    dns->finish();
    side.dns = names;
  }
  side.where = selector(in, "where");
  if (const auto pods = in.section("kubernetes")) side.kubernetes = read_kubernetes(*pods);
  if (const auto server = in.section("prometheus")) side.prometheus = read_prometheus(*server);
  side.members = in.text("members").value_or(side.prometheus ? "instance" : "");
  if (side.prometheus && side.where && !side.where->metric.empty()) {
    in.problem("where", "where selects by labels, and this names a metric",
               "write matchers alone, like '{version=\"new\"}'");
  }
  int sources = 0;
  for (const char* source : {"targets", "file", "dns", "kubernetes", "prometheus"})
    sources += in.has(source) ? 1 : 0;
  if (sources > 1)
    in.problem_here("targets, file, dns, kubernetes and prometheus exclude each other", "keep one of them");
  if (sources == 0) {
    in.problem_here(in.path() + " names no targets", "write targets: [http://host:9090/metrics]");
  }
  if (in.has("targets") && side.targets.empty() && !in.problems().has_errors_within(in.path() + ".targets")) {
    in.problem("targets", "the list of targets is empty",
               "write at least one, like http://host:9090/metrics");
  }
  in.finish();
  return side;
}

ScrapeSpec read_scrape(const Section& in) {
  ScrapeSpec scrape;
  const auto size = [&](const char* key, std::size_t& place) {
    if (const auto value = in.count(key, 1)) place = static_cast<std::size_t>(*value);
  };
  // A pasted scrape block calls them scrape_interval and scrape_timeout.
  for (const char* key : {"scrape_interval", "interval"})
    scrape.interval = in.duration(key).value_or(scrape.interval);
  scrape.timeout = std::min(scrape.timeout, scrape.interval);
  for (const char* key : {"scrape_timeout", "timeout"})
    scrape.timeout = in.duration(key).value_or(scrape.timeout);
  if (scrape.interval < std::chrono::milliseconds(100))
    in.problem("interval", "the shortest interval is 100ms");
  if (scrape.timeout > scrape.interval) {
    in.problem("timeout", "a scrape must be over before the next begins", "make timeout at most interval");
  }
  if (const auto bytes = in.bytes("body_size_limit"))
    scrape.body_size_limit = static_cast<std::size_t>(*bytes);
  size("sample_limit", scrape.sample_limit);
  size("label_limit", scrape.label_limit);
  size("label_name_length_limit", scrape.label_name_length_limit);
  size("label_value_length_limit", scrape.label_value_length_limit);
  size("target_limit", scrape.target_limit);
  scrape.scheme =
      in.choice<std::string>("scheme", {{"http", "http"}, {"https", "https"}}).value_or(scrape.scheme);
  scrape.metrics_path = in.text("metrics_path").value_or(scrape.metrics_path);
  scrape.access = read_http_access(in);
  static_cast<void>(in.text("job_name"));  // of a pasted block; it names nothing here
  in.finish();
  return scrape;
}

}  // namespace davy::config
