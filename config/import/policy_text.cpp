#include "config/import/policy_text.hpp"

#include "config/quantity.hpp"
#include "core/base/duration_text.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace davy::config::imported {
namespace {

constexpr const char* unknown_address = "http://CHANGE-ME-prometheus:9090";
constexpr std::size_t text_bytes_max = 500;

// A comment has one line, and no byte of it is anything but text.
std::string comment(std::string_view text) { return "# " + printable(text, text_bytes_max); }

// In single quotes, with the variables of a policy made harmless.
std::string quoted_value(std::string_view text) {
  std::string out = "'";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool variable = text[i] == '$' && i + 1 < text.size() && (text[i + 1] == '{' || text[i + 1] == '$');
    if (variable) out += '$';
    if (text[i] == '\'') out += '\'';
    const auto c = static_cast<unsigned char>(text[i]);
    out += c < 0x20 || c == 0x7F ? ' ' : text[i];
    if (variable && text[i + 1] == '$') {
      out += "$$";
      ++i;
    }
  }
  return out + "'";
}

void give_own_names(std::vector<CheckDraft>& checks) {
  std::set<std::string> taken;
  for (CheckDraft& check : checks) {
    if (trim(check.name).empty()) check.name = "unnamed";
    check.name = printable(check.name, 80);
    const std::string name = check.name;
    for (int i = 2; !taken.insert(check.name).second; ++i) check.name = fmt::format("{}-{}", name, i);
  }
}

// What two queries of one metric have in common is said once.
void keep_once(std::vector<Remark>& remarks) {
  std::set<std::string> said;
  std::erase_if(remarks, [&](const Remark& remark) { return !said.insert(to_text(remark)).second; });
}

struct Writer {
  std::string text;

  void line(std::string_view one) { text.append(one).append("\n"); }
  void key(std::string_view name, const std::string& value) {
    if (!value.empty()) line(fmt::format("    {}: {}", name, value));
  }

  void kind(const CheckDraft& check) {
    switch (check.kind) {
      case CheckDraft::Kind::ratio:
        line(fmt::format("    ratio:\n      errors: {}\n      total: {}", quoted_value(check.errors),
                         quoted_value(check.total)));
        return;
      case CheckDraft::Kind::latency:
        line(fmt::format("    latency:\n      histogram: {}\n      quantile: p{}",
                         quoted_value(check.histogram), plain_number(check.quantile * 100)));
        if (!check.unit.empty()) line("      unit: " + check.unit);
        return;
      case CheckDraft::Kind::gauge: line("    gauge: " + quoted_value(check.gauge)); return;
      case CheckDraft::Kind::promql:
        line("    promql:\n      canary: " + quoted_value(check.canary));
        if (!check.baseline.empty()) line("      baseline: " + quoted_value(check.baseline));
        return;
    }
  }

  void check(const CheckDraft& check) {
    for (const std::string& note : check.notes) line("  " + comment(note));
    line("  - name: " + quoted_value(check.name));
    kind(check);
    key("max", check.max);
    key("max_increase", check.max_increase);
    key("severity", check.severity);
    key("method", check.method);
    if (check.kind == CheckDraft::Kind::promql && check.confirmations > 0)
      key("confirmations", std::to_string(check.confirmations));
    key("on_no_data", check.on_no_data);
  }

  void side(std::string_view name, const PolicyDraft& draft, const std::string& where) {
    line(fmt::format("{}:\n  prometheus: {{url: {}}}", name, quoted_value(draft.prometheus)));
    if (!where.empty()) line("  where: " + quoted_value(where));
  }
};

}  // namespace

int confirmations_for(Duration wanted, Duration window) {
  const auto most = std::clamp<std::int64_t>(window / asked_every / 2, 2, 100);
  return static_cast<int>(std::clamp<std::int64_t>(wanted / asked_every, 2, most));
}

Imported refused(std::string why, std::vector<Remark> remarks) {
  keep_once(remarks);
  return {"", std::move(remarks), std::move(why)};
}

Imported write_policy(PolicyDraft draft, const ImportOptions& options, std::vector<Remark> remarks) {
  if (draft.checks.empty()) {
    const char* why = remarks.empty() ? "nothing in it says what healthy is"
                                      : "what could not be carried over is listed above";
    return refused(
        fmt::format(
            "no check is left of {}: {}; davy init http://HOST:PORT/metrics writes checks from what a "
            "service exposes",
            draft.from, why),
        std::move(remarks));
  }
  give_own_names(draft.checks);
  if (!options.service.empty()) draft.service = options.service;
  if (trim(draft.service).empty()) draft.service = "my-service";
  if (!options.prometheus.empty()) draft.prometheus = options.prometheus;
  if (options.prometheus.empty() && !draft.prometheus.empty() && !read_url(draft.prometheus)) {
    remarks.push_back({"prometheus", draft.prometheus, "it is no address", "give it with --prometheus URL"});
    draft.prometheus = unknown_address;
  }
  if (draft.prometheus.empty()) {
    draft.prometheus = unknown_address;
    remarks.push_back(
        {"prometheus", "its address", "it is not in the files", "give it with --prometheus URL"});
  }
  keep_once(remarks);
  Writer out;
  out.line(comment("Imported by davy import from " + draft.from + "."));
  out.line("# Look at every line, and then: davy check, davy explain, davy gate.");
  out.line("# yaml-language-server: $schema=davy.schema.json");
  out.line(fmt::format("version: davy/v1\nservice: {}", quoted_value(printable(draft.service, 200))));
  out.line("mode: observe                      # judges and reports; enforce acts\n");
  out.side("canary", draft, draft.canary_where);
  if (!draft.baseline_where.empty()) out.side("baseline", draft, draft.baseline_where);
  if (draft.baseline_where.empty())
    out.line(
        "# With a baseline (the old version, told apart by where:) outages are told apart, and max_increase: "
        "can be written.");
  out.line(fmt::format("scrape: {{interval: {}, timeout: 10s}}", davy::to_text(asked_every)));
  out.line(fmt::format("\nwindow: {}\nwarmup: {}", davy::to_text(draft.window), davy::to_text(draft.warmup)));
  if (!draft.on_no_data.empty()) out.line("on_no_data: " + draft.on_no_data);
  out.line("\nchecks:");
  for (const CheckDraft& check : draft.checks) out.check(check);
  out.line(draft.actions.empty() ? "\n# What enforce does:\n# rollback:\n#   - kubernetes: {deployment: "
                                   "NAMESPACE/NAME, undo: last_good}"
                                 : "\nrollback:");
  for (const std::string& action : draft.actions) out.line("  - " + action);
  return {std::move(out.text), std::move(remarks), ""};
}

}  // namespace davy::config::imported
