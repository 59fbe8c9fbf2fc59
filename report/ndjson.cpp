#include "report/ndjson.hpp"

#include "report/incident_json.hpp"

#include <boost/json.hpp>

namespace davy::report {
namespace json = boost::json;

std::string to_ndjson(const GuardSnapshot& s) {
  json::object out{{"event", "round"},
                   {"service", text_json(s.service)},
                   {"release", text_json(s.release)},
                   {"revision", text_json(s.revision)},
                   {"phase", to_text(s.phase)},
                   {"elapsed_s", s.elapsed_s},
                   {"window_s", s.window_s},
                   {"verdict", nullptr}};
  json::array checks;
  if (s.verdict) {
    out["verdict"] = to_text(s.verdict->kind);
    out["sentence"] = text_json(s.verdict->sentence);
    for (const Finding& finding : s.verdict->findings) checks.push_back(finding_json(finding));
  }
  out["checks"] = std::move(checks);
  json::array targets;
  for (const TargetStatus& target : s.targets)
    targets.push_back(json::object{
        {"url", text_json(target.url)}, {"up", target.up}, {"problem", text_json(target.problem)}});
  out["targets"] = std::move(targets);
  return json::serialize(out) + "\n";
}

std::string to_ndjson(const GateAccount& account) {
  json::object out{{"event", "report"}};
  for (const auto& [key, value] : account_json(account)) out[key] = value;
  return json::serialize(out) + "\n";
}

}  // namespace davy::report
