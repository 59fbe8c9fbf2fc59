#include "guard/recovery.hpp"

#include "guard/record.hpp"

namespace davy::guard {
namespace {

using journal::Entry;
using journal::EntryKind;

// Applies one entry; everything it needs from earlier ones is already in `out`.
Result<void> apply(const Entry& entry, const GuardRails& rails, Recovered& out, Instant now, WallTime wall) {
  Release& release = out.release;
  const auto instant_of = [&](WallTime t) { return now - std::chrono::duration_cast<Duration>(wall - t); };
  const double since_s = seconds(entry.at - release.incident.deployed_at);
  switch (entry.kind) {
    case EntryKind::release_started: {
      const auto record = read_started(entry.body);
      if (!record) return record.error();
      release.incident.service = entry.service;
      release.incident.release = entry.release;
      release.incident.revision = record->revision;
      release.incident.mode = record->mode;
      release.facts = release.announced = record->facts;
      release.incident.policy_digest = record->policy_digest;
      release.incident.deployed_at = entry.at;
      release.deployed_at = instant_of(entry.at);
      release.phase = Phase::warming_up;
      return {};
    }
    case EntryKind::armed: {
      const auto record = read_armed(entry.body);
      if (!record) return record.error();
      for (const auto& [name, value] : record->facts) release.facts[name] = value;
      release.armed = true;
      return {};
    }
    case EntryKind::checkpoint: {
      auto record = read_checkpoint(entry.body);
      if (!record) return record.error();
      out.states = std::move(record->states);
      return {};
    }
    case EntryKind::verdict: {
      const auto record = read_verdict(entry.body);
      if (!record) return record.error();
      release.incident.verdict.sentence = record->sentence;
      release.incident.verdict.blamed_check = record->blamed_check;
      release.incident.onset_s = record->onset_s;
      release.incident.detected_s = record->detected_s;
      return {};
    }
    case EntryKind::intent: {
      const auto record = read_intent(entry.body);
      if (!record) return record.error();
      if (release.decided_at == WallTime{}) release.decided_at = entry.at;
      release.phase = Phase::rolling_back;
      release.next_action = record->action;
      release.intent_id = record->action_id;
      return {};
    }
    case EntryKind::outcome: {
      const auto record = read_outcome(entry.body);
      if (!record) return record.error();
      for (const ActionRecord& earlier : release.incident.actions) {
        if (record->record.accepted && earlier.accepted && earlier.id == record->record.id)
          ++release.applied_again;
      }
      release.incident.actions.push_back(record->record);
      release.intent_id.clear();
      if (record->record.accepted) {
        release.phase = Phase::verifying;
        release.next_action = record->action;
        release.incident.acted_s = since_s;
        release.verification.emplace(instant_of(entry.at));
        release.verifying_until = instant_of(entry.at) + rails.verify_for;
      } else {
        release.next_action = record->action + 1;
      }
      return {};
    }
    case EntryKind::verified: {
      if (!release.incident.actions.empty()) release.incident.actions.back().verified = true;
      release.incident.recovered_s = since_s;
      return {};
    }
    case EntryKind::request:
      if (entry.body == "\"hold\"") release.phase = Phase::held;
      if (entry.body == "\"resume\"") release.phase = Phase::watching;
      return {};
    case EntryKind::release_ended: {
      const auto record = read_ended(entry.body);
      if (!record) return record.error();
      release.phase = release.incident.end = record->phase;
      release.incident.sentence = record->sentence;
      release.incident.ended_at = entry.at;
      out.only_telling = true;
      return {};
    }
    case EntryKind::told: return {};
  }
  return {};
}

}  // namespace

Result<Recovered> recover(const std::vector<Entry>& entries, const GuardRails& rails, Instant now,
                          WallTime wall) {
  if (entries.empty() || entries.front().kind != EntryKind::release_started) {
    return Error(ErrorKind::malformed, "the journal's release does not begin with release_started",
                 "journal");
  }
  Recovered out;
  for (const Entry& entry : entries) {
    if (auto applied = apply(entry, rails, out, now, wall); !applied) return applied.error();
    out.release.incident.timeline.push_back({entry.at, seconds(entry.at - out.release.incident.deployed_at),
                                             std::string(journal::to_text(entry.kind)),
                                             "before the restart"});
  }
  out.release.resumed = true;
  return out;
}

}  // namespace davy::guard
