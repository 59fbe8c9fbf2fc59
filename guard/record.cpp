#include "guard/record.hpp"

#include <array>
#include <boost/algorithm/hex.hpp>
#include <boost/json.hpp>
#include <iterator>

namespace davy::guard {
namespace json = boost::json;
namespace {

Result<json::object> object_of(const std::string& body) {
  json::error_code ec;
  json::value value = json::parse(body, ec);
  if (ec || !value.is_object())
    return Error(ErrorKind::malformed, "a journal entry's body is not a JSON object", "journal");
  return std::move(value.get_object());
}

std::string text(const json::object& in, const char* key) {
  const json::value* value = in.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}
double number(const json::object& in, const char* key) {
  const json::value* value = in.if_contains(key);
  return value != nullptr && value->is_number() ? value->to_number<double>() : 0;
}
bool flag(const json::object& in, const char* key) {
  const json::value* value = in.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

json::object facts_object(const std::map<std::string, std::string>& facts) {
  json::object out;
  for (const auto& [name, value] : facts) out[name] = value;
  return out;
}

std::map<std::string, std::string> facts_of(const json::object& in) {
  std::map<std::string, std::string> facts;
  const json::value* value = in.if_contains("facts");
  if (value == nullptr || !value->is_object()) return facts;
  for (const auto& [name, fact] : value->get_object()) {
    if (fact.is_string()) facts.emplace(name, fact.get_string());
  }
  return facts;
}

Phase phase_of(const std::string& name) {
  for (int i = 0; i < phase_count; ++i) {
    if (to_text(static_cast<Phase>(i)) == name) return static_cast<Phase>(i);
  }
  return Phase::cancelled;
}

}  // namespace

std::string to_json(const StartedRecord& r) {
  return json::serialize(json::object{{"revision", r.revision},
                                      {"policy_digest", r.policy_digest},
                                      {"mode", r.mode},
                                      {"facts", facts_object(r.facts)}});
}

std::string to_json(const ArmedRecord& r) {
  return json::serialize(json::object{{"facts", facts_object(r.facts)}});
}

std::string to_json(const VerdictRecord& r) {
  return json::serialize(json::object{{"sentence", r.sentence},
                                      {"check", r.blamed_check},
                                      {"onset_s", r.onset_s},
                                      {"detected_s", r.detected_s}});
}

std::string to_json(const IntentRecord& r) {
  return json::serialize(json::object{{"id", r.action_id}, {"action", r.action}, {"actuator", r.actuator}});
}

std::string to_json(const OutcomeRecord& r) {
  return json::serialize(json::object{{"action", r.action},
                                      {"actuator", r.record.actuator},
                                      {"id", r.record.id},
                                      {"what", r.record.what},
                                      {"answer", r.record.answer},
                                      {"attempts", r.record.attempts},
                                      {"accepted", r.record.accepted},
                                      {"took_s", seconds(r.record.took)},
                                      {"superseded", r.superseded}});
}

std::string to_json(const EndedRecord& r) {
  return json::serialize(json::object{{"phase", to_text(r.phase)}, {"sentence", r.sentence}});
}

// Bytes travel as hexadecimal digits.
std::string to_json(const CheckpointRecord& r) {
  json::array states;
  for (const SequentialState& state : r.states) {
    std::string digits;
    boost::algorithm::hex_lower(state.bytes, std::back_inserter(digits));
    states.push_back(json::string(digits));
  }
  return json::serialize(json::object{{"states", std::move(states)}});
}

Result<StartedRecord> read_started(const std::string& body) {
  const auto in = object_of(body);
  if (!in) return in.error();
  return StartedRecord{text(*in, "revision"), text(*in, "policy_digest"), text(*in, "mode"), facts_of(*in)};
}

Result<ArmedRecord> read_armed(const std::string& body) {
  const auto in = object_of(body);
  if (!in) return in.error();
  return ArmedRecord{facts_of(*in)};
}

Result<VerdictRecord> read_verdict(const std::string& body) {
  const auto in = object_of(body);
  if (!in) return in.error();
  return VerdictRecord{text(*in, "sentence"), text(*in, "check"), number(*in, "onset_s"),
                       number(*in, "detected_s")};
}

Result<IntentRecord> read_intent(const std::string& body) {
  const auto in = object_of(body);
  if (!in) return in.error();
  return IntentRecord{text(*in, "id"), static_cast<std::size_t>(number(*in, "action")),
                      text(*in, "actuator")};
}

Result<OutcomeRecord> read_outcome(const std::string& body) {
  const auto in = object_of(body);
  if (!in) return in.error();
  OutcomeRecord r;
  r.action = static_cast<std::size_t>(number(*in, "action"));
  r.record.actuator = text(*in, "actuator");
  r.record.id = text(*in, "id");
  r.record.what = text(*in, "what");
  r.record.answer = text(*in, "answer");
  r.record.attempts = static_cast<int>(number(*in, "attempts"));
  r.record.accepted = flag(*in, "accepted");
  r.record.took = from_seconds(number(*in, "took_s"));
  r.superseded = flag(*in, "superseded");
  return r;
}

Result<EndedRecord> read_ended(const std::string& body) {
  const auto in = object_of(body);
  if (!in) return in.error();
  return EndedRecord{phase_of(text(*in, "phase")), text(*in, "sentence")};
}

Result<CheckpointRecord> read_checkpoint(const std::string& body) {
  const auto in = object_of(body);
  if (!in) return in.error();
  CheckpointRecord r;
  const json::value* states = in->if_contains("states");
  if (states == nullptr || !states->is_array()) return r;
  for (const json::value& state : states->get_array()) {
    SequentialState read;
    if (!state.is_string()) return Error(ErrorKind::malformed, "a checkpoint's state is not text", "journal");
    try {
      boost::algorithm::unhex(std::string(state.get_string()), std::back_inserter(read.bytes));
    } catch (const boost::algorithm::hex_decode_error&) {
      return Error(ErrorKind::malformed, "a checkpoint's state is not hexadecimal", "journal");
    }
    r.states.push_back(std::move(read));
  }
  return r;
}

}  // namespace davy::guard
