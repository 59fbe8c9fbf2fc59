#pragma once

// The bodies of journal entries: values to JSON and back. What a later Davy must still be able to read is
// written here and nowhere else; docs/journal.md lists the fields.

#include "core/base/result.hpp"
#include "core/journal/journal.hpp"
#include "core/model/incident.hpp"

#include <map>
#include <string>
#include <vector>

namespace davy::guard {

struct StartedRecord {
  std::string revision;
  std::string policy_digest;
  std::string mode;
  std::map<std::string, std::string> facts;
};
struct ArmedRecord {
  std::map<std::string, std::string> facts;
};
struct VerdictRecord {
  std::string sentence;
  std::string blamed_check;
  double onset_s = 0;
  double detected_s = 0;
};
struct IntentRecord {
  std::string action_id;
  std::size_t action = 0;  // index into the policy's rollback list
  std::string actuator;
};
struct OutcomeRecord {
  std::size_t action = 0;
  ActionRecord record;
  bool superseded = false;
};
struct EndedRecord {
  Phase phase = Phase::cancelled;
  std::string sentence;
};
struct CheckpointRecord {
  std::vector<SequentialState> states;
};

std::string to_json(const StartedRecord& record);
std::string to_json(const ArmedRecord& record);
std::string to_json(const VerdictRecord& record);
std::string to_json(const IntentRecord& record);
std::string to_json(const OutcomeRecord& record);
std::string to_json(const EndedRecord& record);
std::string to_json(const CheckpointRecord& record);

// Error: malformed. Fields that are missing keep their defaults, unknown ones are ignored.
Result<StartedRecord> read_started(const std::string& body);
Result<ArmedRecord> read_armed(const std::string& body);
Result<VerdictRecord> read_verdict(const std::string& body);
Result<IntentRecord> read_intent(const std::string& body);
Result<OutcomeRecord> read_outcome(const std::string& body);
Result<EndedRecord> read_ended(const std::string& body);
Result<CheckpointRecord> read_checkpoint(const std::string& body);

}  // namespace davy::guard
