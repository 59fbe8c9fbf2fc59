// The JSON Schema against the loader: both must know the same keys, and agree on what is well formed.

#include "app/registry.hpp"
#include "config/policy_loader.hpp"
#include "config/policy_schema.hpp"
#include "core/net/dns.hpp"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>
#include <yaml-cpp/yaml.h>

namespace davy::app {
namespace {

using nlohmann::json;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::filesystem::path policies(const char* folder) {
  return std::filesystem::path(DAVY_TEST_DATA) / "policy" / folder;
}

// As an editor reads YAML 1.2: quoted is text, the rest by its look.
json to_json(const YAML::Node& node) {
  if (node.IsMap()) {
    json out = json::object();
    for (const auto& pair : node) out[pair.first.as<std::string>()] = to_json(pair.second);
    return out;
  }
  if (node.IsSequence()) {
    json out = json::array();
    for (const auto& item : node) out.push_back(to_json(item));
    return out;
  }
  const std::string text = node.IsScalar() ? node.Scalar() : "";
  if (node.Tag() == "!") return text;
  if (text == "true" || text == "false") return text == "true";
  const json number = json::parse(text, nullptr, false);
  return number.is_number() ? number : json(text);
}

bool is_valid(const json& document) {
  const json text = json::parse(config::policy_schema());
  valijson::Schema schema;
  valijson::SchemaParser(valijson::SchemaParser::kDraft7)
      .populateSchema(valijson::adapters::NlohmannJsonAdapter(text), schema);
  return valijson::Validator().validate(schema, valijson::adapters::NlohmannJsonAdapter(document), nullptr);
}

// Sections whose keys are the policy's own words: labels, headers.
bool has_free_keys(const std::string& path) { return path == "labels" || path.ends_with("headers"); }

// Lists of one-key mappings are asked for as a whole: the kinds that are not there yet never are.
bool is_list_of_kinds(const std::string& path) {
  return path == "rollback[]" || path == "on_pass[]" || path == "steps[].actions[]";
}

// The keys of a schema's objects, by path as Section::asked() writes it.
void keys_of(const json& schema, const std::string& path, std::map<std::string, std::set<std::string>>& out) {
  if (schema.contains("items")) keys_of(schema["items"], path + "[]", out);
  if (!schema.contains("properties")) return;
  for (const auto& [name, child] : schema["properties"].items()) {
    out[path].insert(name);
    keys_of(child, path.empty() ? name : path + "." + name, out);
  }
}

}  // namespace

TEST_CASE("every good policy is valid by the schema") {
  for (const auto& entry : std::filesystem::directory_iterator(policies("good"))) {
    CAPTURE(entry.path().filename().string());
    CHECK(is_valid(to_json(YAML::LoadFile(entry.path().string()))));
  }
}

TEST_CASE("what is wrong in its structure is wrong by the schema too") {
  for (const char* name : {"version_missing",
                           "version_wrong",
                           "service_missing",
                           "canary_missing",
                           "checks_missing",
                           "checks_empty",
                           "checks_is_map",
                           "unknown_key",
                           "unknown_key_in_check",
                           "mode_unknown",
                           "labels_is_list",
                           "side_unknown_key",
                           "side_empty_targets",
                           "min_targets_zero",
                           "scrape_interval_bare",
                           "scrape_scheme",
                           "scrape_password",
                           "scrape_honor_labels",
                           "window_bare",
                           "confidence_bare",
                           "check_without_name",
                           "check_severity",
                           "check_method_unknown",
                           "check_confirmations_zero",
                           "check_ratio_without_total",
                           "latency_without_quantile",
                           "responses_unknown_severity",
                           "responses_unknown_word",
                           "on_no_data_word",
                           "on_blind_text",
                           "step_without_window",
                           "step_unknown_action",
                           "action_unknown",
                           "action_two_kinds",
                           "action_is_text",
                           "rails_unknown"}) {
    CAPTURE(name);
    CHECK_FALSE(
        is_valid(to_json(YAML::LoadFile((policies("bad") / (std::string(name) + ".yaml")).string()))));
  }
}

TEST_CASE("the loader and the schema know the same keys") {
  // A policy that has every section, so that every key is asked for.
  std::string text = read_file(policies("good") / "full.yaml");
  text.replace(text.find("targets/canary-*.json"), 21, "targets/canary-*.json, dns: {}");
  const auto loaded = config::load_policy(text, "full.yaml", config::empty_environment());
  const auto good = config::load_policy(read_file(policies("good") / "full.yaml"), "full.yaml",
                                        config::empty_environment());
  boost::asio::io_context loop;
  const rollback::ActuatorParts parts{loop.get_executor(),
                                      std::make_shared<net::Resolver>(loop.get_executor())};
  make_actuators(good.policy->rollback, parts);
  make_actuators(good.policy->on_pass, parts);
  for (const config::StepSpec& step : good.policy->steps) make_actuators(step.actions, parts);

  std::map<std::string, std::set<std::string>> schema;
  keys_of(json::parse(config::policy_schema()), "", schema);
  for (const auto* root : {&*loaded.root, &*good.root}) {
    for (const auto& section : root->asked()) {
      const std::string& path = section.first;  // clang 14 captures no structured binding
      if (has_free_keys(path)) continue;
      for (const std::string& key : section.second) {
        CAPTURE(path);
        CAPTURE(key);
        CHECK(schema[path].contains(key));
      }
    }
  }
  // And the other way round, for every section that the two policies have.
  std::map<std::string, std::set<std::string>> asked = good.root->asked();
  for (const auto& [path, keys] : loaded.root->asked()) asked[path].insert(keys.begin(), keys.end());
  for (const auto& section : schema) {
    const std::string& path = section.first;
    if (!asked.contains(path) || is_list_of_kinds(path)) continue;
    for (const std::string& key : section.second) {
      CAPTURE(path);
      CAPTURE(key);
      CHECK(asked[path].contains(key));
    }
  }
}

}  // namespace davy::app
