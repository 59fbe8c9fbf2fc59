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

void refuse_later(const Section& in, const char* key) {
  if (!in.has(key)) return;
  static_cast<void>(in.section(key));
  in.problem_at_key(key, fmt::format("{}.{} is not available in this version", in.path(), key),
                    "name the instances under targets:, file: or dns: instead");
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
  side.members = in.text("members").value_or("");
  refuse_later(in, "kubernetes");
  refuse_later(in, "prometheus");
  const int sources = (in.has("targets") ? 1 : 0) + (in.has("file") ? 1 : 0) + (in.has("dns") ? 1 : 0);
  if (sources > 1) in.problem_here("targets, file and dns exclude each other", "keep one of them");
  if (sources == 0 && !in.has("kubernetes") && !in.has("prometheus")) {
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
